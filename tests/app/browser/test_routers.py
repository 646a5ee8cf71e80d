"""The journey through the page of routers: a table, its headroom, training, curves, a saved router in a pipeline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from storage import open_storage
from tests.app.browser.studio import Server, Studio

Tab = Callable[..., Studio]
TRAINING_MS = 90_000


def test_a_router_is_trained_compared_and_put_into_a_pipeline(tab: Tab, server: Server) -> None:
    studio = tab(width=1280).go("/routers?t=practice-specialists")
    page = studio.page
    expect(page.get_by_text("An oracle that knows who solves what would win 16.8 points")).to_be_visible()
    studio.settled()
    studio.shot("routers-1-promise")
    page.get_by_role("button", name="Train 3 routers").click()
    page.reload()
    expect(page.get_by_text("What the routers won")).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_text("What a question costs, and how often it is answered right").first).to_be_visible()
    studio.settled()
    studio.shot("routers-2-curves")
    thumb = page.get_by_role("slider", name="λ: what one USD is worth, in accuracy")
    before = page.get_by_text("against large-1").first.inner_text()
    thumb.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text(before, exact=True)).to_have_count(0)
    studio.settled()
    studio.shot("routers-3-cheaper")

    studio.by_key("routers-use").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("4 of 4 models are not in the catalogue")).to_be_visible()
    studio.settled()
    studio.shot("routers-4-use")
    dialog.get_by_role("button", name="Make the pipeline").click()
    expect(studio.node("router")).to_be_visible(timeout=60_000)
    studio.ask("Write SQL: the 3 best selling maps of Otterby by month.")
    expect(page.get_by_text("hello").first).to_be_visible(timeout=60_000)
    studio.settled()
    studio.shot("routers-5-pipeline")
    with open_storage(server.home / "routeloom.db") as storage:
        [(number, card)] = storage.routers.list()
    assert (number, card.table) == (1, "practice-specialists")


@pytest.mark.parametrize(("dark", "width"), [(True, 1920), (False, 1920), (True, 1280)])
def test_a_table_without_headroom_is_called_that_in_every_light(tab: Tab, dark: bool, width: int) -> None:
    studio = tab(dark=dark, width=width, height=1080).go("/routers?t=practice-one-for-all")
    page = studio.page
    expect(page.get_by_text("This table has no headroom")).to_be_visible()
    page.get_by_role("button", name="Train 3 routers").click()
    expect(page.get_by_text("What the routers won")).to_be_visible(timeout=TRAINING_MS)
    studio.settled()
    studio.shot(f"routers-no-headroom-{'dark' if dark else 'light'}-{width}")

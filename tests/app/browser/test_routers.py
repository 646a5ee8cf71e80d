"""The journey through the page of routers: a table, its headroom, training, curves, a saved router in a pipeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
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
    for _ in range(6):
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


STRANGE_CSV = "Frage,System,Punkte,Bemerkung\n" + "".join(
    f"Wie viele Inseln hat der Hafen {n}?,{system},{'viel' if (n, system) == (17, 'stub') else n % 2},-\n"
    for n in range(40)
    for system in ("stub", "other")
)


def test_an_unknown_table_is_mapped_and_its_missing_cells_are_bought(tab: Tab, server: Server, tmp_path: Path) -> None:
    with open_storage(server.home / "routeloom.db") as storage:
        asked = tuple(
            Example(id=f"e{n}", query=f"Wie viele Inseln hat der Hafen {n}?", references=("hello",)) for n in range(40)
        )
        storage.data_sets.put(DataSet(name="strange", title="Strange", examples=asked))
    studio = tab(width=1280).go("/routers")
    page = studio.page
    expect(page.get_by_text("Is routing worth it here?")).to_be_visible()
    page.get_by_role("button", name="Import outcomes").click()
    dialog = page.get_by_role("dialog")
    file = tmp_path / "strange.csv"
    file.write_text(STRANGE_CSV)
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_text("strange.csv is of no known format of outcomes.")).to_be_visible()
    expect(
        dialog.get_by_text("row 35 (line 36), column 'Punkte': there is 'viel', which is no number.")
    ).to_be_visible()
    studio.settled()
    studio.shot("routers-mapping")
    dialog.get_by_text("Leave out rows with problems").click()
    expect(dialog.get_by_text("1 row is left out.")).to_be_visible()
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 of 80 cells has no score (1%).")).to_be_visible()
    page.get_by_role("button", name="Fill missing cells").click()
    buy = dialog.get_by_role("button", name="Fill 1 cell for about $0.0006")
    expect(buy).to_be_visible()
    studio.settled()
    studio.shot("routers-fill")
    buy.click()
    expect(page.get_by_text("Filled 1 of 1 cells for")).to_be_visible()
    expect(page.get_by_text("no score")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Outcome table")).to_have_value(re.compile("40 questions .* version 2"))


LOOKS = {
    "Figures": "Formulas and sources",
    "Tasks": "there is nothing to break the accuracy down by",
    "Regret": "On no test row another model would have done better.",
    "Prices": "Change of its price, %",
    "Together": "This table records scores but no answers",
    "Checks": "Check this router",
}
LONG_CSV = "query,model,score,cost_usd\n" + "".join(
    f"question {n} about {('maths', 'poems')[n % 2]},{model},{int((n % 2 == 0) == (model == 'm1'))},{cost}\n"
    for n in range(120)
    for model, cost in (("m1", 0.001), ("m2", 0.002))
)


def test_a_csv_of_outcomes_is_imported_and_looked_at_from_every_side(tab: Tab, tmp_path: Path) -> None:
    studio = tab(width=1280, dark=True).go("/routers")
    page = studio.page
    expect(page.get_by_text("Is routing worth it here?")).to_be_visible()
    page.get_by_role("button", name="Import outcomes").click()
    dialog = page.get_by_role("dialog")
    file = tmp_path / "poems.csv"
    file.write_text(LONG_CSV)
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_text("120 questions × 2 models.")).to_be_visible()
    studio.settled()
    studio.shot("routers-6-import")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("'poems' has 120 questions (version 1).")).to_be_visible()
    expect(page.get_by_text("would win 50.0 points").first).to_be_visible()
    page.get_by_role("button", name="Train 2 routers").click()
    expect(page.get_by_text("What the routers won")).to_be_visible(timeout=TRAINING_MS)
    for look, sentence in LOOKS.items():
        page.get_by_role("radio", name=look, exact=True).or_(page.get_by_role("button", name=look, exact=True)).click()
        expect(page.get_by_text(sentence).first).to_be_visible()
        if look == "Checks":
            page.get_by_text("Check this router").click()
            expect(page.get_by_text("Whether wording matters")).to_be_visible(timeout=60_000)
        studio.settled()
        studio.shot(f"routers-look-{look.lower()}")


@pytest.mark.parametrize(("dark", "width"), [(True, 1920), (False, 1920), (True, 1280)])
def test_a_table_without_headroom_is_called_that_in_every_light(tab: Tab, dark: bool, width: int) -> None:
    studio = tab(dark=dark, width=width, height=2300).go("/routers?t=practice-one-for-all")
    page = studio.page
    expect(page.get_by_text("This table has no headroom")).to_be_visible()
    page.get_by_role("button", name="Train 3 routers").click()
    expect(page.get_by_text("What the routers won")).to_be_visible(timeout=TRAINING_MS)
    studio.settled()
    studio.shot(f"routers-no-headroom-{'dark' if dark else 'light'}-{width}")

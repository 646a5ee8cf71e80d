"""The journey from a CSV to a decision, down to the two traces of one row; and labels by the keys."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Page, expect

from storage import Storage, open_storage
from tests.app.browser.stored_experiment import store_experiment
from tests.app.browser.studio import WAIT_S, Server, Studio, wait_for
from tests.pipelines.drawing import single_expert
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub

Tab = Callable[..., Studio]
COUNT = 24
CSV = "question,answer,topic\n" + "".join(f"question {n},{('hello', 'bye')[n % 2]},t{n % 3}\n" for n in range(COUNT))
GATE_S = 120.0


class Schooled:
    """Is a model that knows every answer where it is asked loudly, and the first rows only once the gate is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.before = 10

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        asked = (await request.json())["messages"][-1]["content"]
        self.before -= 1
        if self.before < 0:
            await asyncio.to_thread(self.gate.wait, GATE_S)
        right = ("hello", "bye")[int(asked.split()[-1]) % 2]
        return await s.says(right if asked.startswith("LOUD") else "hello")(request)


@pytest.fixture
def stored(server: Server) -> Iterator[Storage]:
    """The database of the server, with two pipelines."""
    with open_storage(server.home / "routeloom.db") as storage:
        for name, template in (("Quiet", "{query}"), ("Loud", "LOUD: {query}")):
            storage.workflows.create(single_expert(prompt_template=template).model_copy(update={"name": name}))
        yield storage


def choose(page: Page, label: str, *options: str) -> None:
    """Chooses in a field of the page."""
    for option in options:
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=option).first.click()
    page.keyboard.press("Escape")


def test_a_csv_leads_to_a_decision_and_to_both_traces_of_a_row(
    tab: Tab, stored: Storage, stub: Stub, tmp_path: Path
) -> None:
    model = Schooled()
    stub.will(model)
    file = tmp_path / "facts.csv"
    file.write_text(CSV)
    studio = tab(width=1280).go("/experiments")
    page = studio.page
    expect(page.get_by_text("From rows to a decision in ten minutes")).to_be_visible()
    studio.settled()
    studio.shot("experiments-1-empty")
    page.get_by_role("button", name="Begin with a CSV of your own").click()
    studio.by_key("data-import").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(f"'facts' has {COUNT} rows.")).to_be_visible()
    studio.settled()
    studio.by_key("data-experiment").get_by_role("button").click()

    expect(page.get_by_role("heading", name="New experiment")).to_be_visible()
    expect(page.get_by_text(f"{COUNT} of {COUNT} rows of version 1.")).to_be_visible()
    choose(page, "Pipelines", "Quiet", "Loud")
    expect(page.get_by_text("Cost at list price")).to_be_visible()
    studio.settled()
    studio.shot("experiments-2-form")
    studio.by_key("new-start").get_by_role("button").click()

    expect(studio.by_key("x-pause")).to_be_visible()
    expect(page.get_by_text(f"10 of {2 * COUNT} rows")).to_be_visible()
    studio.shot("experiments-3-running")
    # Another tab sees it, and closing the first one stops nothing.
    address = re.sub(r"^https?://[^/]+", "", page.url)
    other = tab(width=1280).go(address)
    expect(other.page.get_by_text(f"10 of {2 * COUNT} rows")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"10 of {2 * COUNT} rows")).to_be_visible()
    top = studio.by_key("x-progress").bounding_box()
    model.gate.set()
    expect(studio.by_key("x-decision")).to_contain_text("Take 'Loud': it is the best")
    expect(studio.by_key("x-decision")).to_contain_text("'Loud' is better than 'Quiet' by 50.0 points (95%: ")
    expect(other.by_key("x-decision")).to_contain_text("Take 'Loud'")
    studio.settled()
    studio.shot("experiments-4-decision")
    assert top is not None
    [info] = stored.experiments.list()
    assert stored.experiments.progress(info.id).done == 2 * COUNT

    page.get_by_role("radio", name="Charts").click()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    studio.settled()
    studio.shot("experiments-5-charts")
    page.get_by_role("radio", name="Rows").click()
    table = page.get_by_test_id("stDataFrame").first
    expect(page.get_by_text(f"12 of {COUNT} examples.")).to_be_visible()
    studio.settled()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 36 + 18)
    traces = studio.by_key("x-traces")
    expect(traces).to_contain_text("question 1")
    expect(traces).to_contain_text("0.00")
    expect(traces).to_contain_text("1.00")
    expect(traces.locator(".js-plotly-plot")).to_have_count(2)
    assert "row=1" in page.url
    studio.settled()
    studio.shot("experiments-6-traces")
    page.reload()
    page.get_by_role("radio", name="Rows").click()
    expect(studio.by_key("x-traces")).to_contain_text("question 1")

    page.get_by_role("radio", name="Decision").click()
    with page.expect_download() as download:
        studio.by_key("x-export-html").get_by_role("button").click()
    assert "Take &#x27;Loud&#x27;" in download.value.path().read_text()
    with page.expect_download() as lines:
        studio.by_key("x-export-jsonl").get_by_role("button").click()
    assert lines.value.path().read_text().count("\n") == 2 * COUNT
    with page.expect_download() as numbers:
        page.get_by_role("button", name="CSV").click()
    assert numbers.value.suggested_filename == f"{info.id}-cost-accuracy.csv"
    assert "Loud" in numbers.value.path().read_text()


def test_answers_are_labelled_by_the_keys(tab: Tab, stored: Storage) -> None:
    name = store_experiment(stored)
    studio = tab(width=1280, dark=True).go(f"/experiments?x={name}")
    page = studio.page
    page.get_by_role("radio", name=re.compile("Labels")).click()
    expect(page.get_by_text("Is it polite?")).to_be_visible()
    expect(page.get_by_text("0 of 8 answers labelled")).to_be_visible()
    studio.settled()
    studio.shot("experiments-7-labels")
    for number, key in enumerate("101", start=1):
        page.keyboard.press(key)
        expect(page.get_by_text(f"{number} of 8 answers labelled")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("2 of 8 answers labelled")).to_be_visible()
    page.keyboard.press("ArrowRight")
    studio.settled()
    page.keyboard.press("1")
    expect(page.get_by_text("3 of 8 answers labelled")).to_be_visible()

    def stored_labels() -> list[float]:
        rows = stored.experiments.rows(name).rows
        return sorted(row.scores["human"].value for row in rows if "human" in row.scores)

    wait_for(lambda: stored_labels() == [0.0, 1.0, 1.0], WAIT_S, f"the labels are {stored_labels()}")
    page.get_by_role("button", name="Update the numbers").click()
    expect(page.get_by_role("radio", name="Labels (5 waiting)")).to_be_checked()
    expect(page.get_by_text("3 of 8 answers labelled")).to_be_visible()
    expect(page.get_by_text("Agreement with people")).to_be_visible()

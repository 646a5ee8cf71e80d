"""The page of an experiment draws itself from one file, asks nobody, and saves what it draws."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from app.experiment.report_html import report_html
from pipelines.statistics.summary import summarise
from tests.app.experiment.test_report_html import EXAMPLES, EXPERIMENT, NODES, RESULTS, ROWS


def test_a_report_needs_nothing_but_itself(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_html(EXPERIMENT, summarise(RESULTS), RESULTS, examples=EXAMPLES, rows=ROWS, nodes=NODES))
    page = chromium.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.goto(file.as_uri())
    figures = page.locator("figure[data-chart]")
    expect(figures.locator(".plot-container")).to_have_count(10)
    assert page.locator("figure canvas").count() == 0, "a picture of the graphics card cannot be printed"
    with page.expect_download() as table:
        figures.first.get_by_role("button", name="CSV").click()
    with page.expect_download() as picture:
        figures.first.get_by_role("button", name="SVG").click()
    assert table.value.path().read_text().startswith("series,")
    assert picture.value.path().read_text().startswith("<svg")
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert wrong == []
    page.close()

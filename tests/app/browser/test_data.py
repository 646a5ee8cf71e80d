"""The journey through the page of data, from a pasted table to an edited row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import TimeoutError as PageTimeout
from playwright.sync_api import expect

from storage import open_storage
from tests.app.browser.studio import WAIT_S, Server, Studio, wait_for

Tab = Callable[..., Studio]
TABLE = "Frage\tAntwort\tThema\nWas ist 2 + 2?\t4\tmaths\nHauptstadt von Frankreich?\tParis\tgeography\n\t9\tmaths\n"


def test_a_pasted_table_is_mapped_imported_and_edited(tab: Tab, server: Server) -> None:
    studio = tab(width=1280).go("/data")
    page = studio.page
    expect(page.get_by_text("Import data").first).to_be_visible()
    studio.settled()
    studio.shot("data-1-empty")
    studio.by_key("data-import").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Paste", exact=True).click()
    dialog.get_by_role("textbox", name="Table").fill(TABLE)
    dialog.get_by_role("textbox", name="Table").press("Control+Enter")
    # The guess takes the longest column for the question; the answer is said by hand.
    expect(dialog.get_by_text("row 3 (line 4), column 'Frage'")).to_be_visible()
    dialog.get_by_role("combobox", name="Right answers").click()
    page.get_by_role("option", name="Antwort", exact=True).click()
    dialog.get_by_text("Leave out rows with problems").click()
    studio.settled()
    name = dialog.get_by_role("textbox", name="Name")
    name.fill("fragen")
    name.press("Enter")
    studio.settled()
    studio.shot("data-2-mapping")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("'fragen' has 2 rows. 1 were left out")).to_be_visible()
    studio.settled()
    studio.shot("data-3-rows")

    save = page.get_by_role("button", name="Save 1 row as version 2")

    def typed() -> bool:
        # A table that is still being drawn takes no pointer, so a double click may do nothing.
        box = page.get_by_test_id("stDataFrame").first.bounding_box()
        assert box is not None
        page.mouse.dblclick(box["x"] + 260, box["y"] + 38 + 17)
        with suppress(PageTimeout):
            editor = page.locator("#portal textarea")
            editor.fill("Was ist 2 + 3?", timeout=3_000)
            editor.press("Enter")
            save.wait_for(timeout=10_000)
        return save.is_visible()

    wait_for(typed, 60, "the cell cannot be changed")
    save.click()
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    studio.settled()
    studio.shot("data-4-edited")

    def edited() -> bool:
        with open_storage(server.home / "routeloom.db") as storage:
            versions = storage.data_sets.versions("fragen")
            queries = [example.query for example in storage.data_sets.get("fragen").examples]
            old = storage.data_sets.get("fragen", 1).examples[0]
        assert (old.query, old.references) == ("Was ist 2 + 2?", ("4",))
        return len(versions) == 2 and queries == ["Was ist 2 + 3?", "Hauptstadt von Frankreich?"]

    wait_for(edited, WAIT_S, "the edited row is not in version 2")

    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "fragen.csv"
    assert "Was ist 2 + 3?" in download.value.path().read_text()


def test_the_page_of_data_is_drawn_in_the_dark(tab: Tab) -> None:
    studio = tab(dark=True, width=1280).go("/data")
    expect(studio.page.get_by_text("You have no data set of your own yet.")).to_be_visible()
    expect(studio.page.get_by_test_id("stDataFrame").first).to_be_visible()
    studio.settled()
    studio.shot("data-5-dark")
    studio.by_key("data-divide").get_by_role("button").click()
    expect(studio.page.get_by_role("dialog").get_by_text("Rows of one group always stay together.")).to_be_visible()
    studio.settled()
    studio.shot("data-6-split-dark")

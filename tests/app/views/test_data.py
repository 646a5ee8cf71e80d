"""The page of data without a browser: what it shows, how it pages, searches, parts, restores and deletes."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.value import Document
from tests.app.views.hand import texts

ROWS = tuple(Example(id=str(n), query=f"Question {n}?", references=(str(n),), tags=(f"t{n % 3}",)) for n in range(120))
NUMBERS = DataSet(name="numbers", title="Numbers", source="a test", licence="CC0-1.0", examples=ROWS)


def draw_data() -> None:
    """Is the page by itself."""
    from app.views import data

    data.draw()


def draw_import() -> None:
    """Is the import by itself, and the notice of its end."""
    import streamlit as st

    from app.data.importing import draw_import_form
    from app.state import session, workspace

    st.write(session().notice)
    draw_import_form(workspace())


def draw_dividing() -> None:
    """Is the dialog of splits and samples by itself, and the notice of its end."""
    import streamlit as st

    from app.data.dividing import draw_dividing_form
    from app.state import session, workspace

    st.write(session().notice)
    draw_dividing_form(workspace(), workspace().storage.data_sets.info("numbers"), 1)


@pytest.fixture
def page(space: Workspace) -> AppTest:
    """The page with one data set."""
    space.storage.data_sets.put(NUMBERS)
    return AppTest.from_function(draw_data, default_timeout=60).run()


@pytest.fixture
def importing(page: AppTest) -> AppTest:
    return AppTest.from_function(draw_import, default_timeout=60).run()


@pytest.fixture
def dividing(page: AppTest) -> AppTest:
    return AppTest.from_function(draw_dividing, default_timeout=60).run()


def said(at: AppTest) -> str:
    """What the page says, without the escapes of Markdown."""
    return texts(at).replace("\\", "")


def rows_shown(at: AppTest) -> list[int]:
    assert not at.exception
    [table] = [found for found in at.dataframe if "query" in found.value.columns]
    return [int(number) for number in table.value["row"]]


def test_a_data_set_is_shown_a_page_at_a_time(page: AppTest) -> None:
    assert rows_shown(page) == list(range(1, 51))
    assert "1 to 50 of 120 rows" in said(page)
    assert "Source: a test" in said(page)
    [number] = [found for found in page.number_input if found.label == "Page of 3"]
    assert rows_shown(number.set_value(3).run()) == list(range(101, 121))


def test_a_search_finds_rows_by_their_words(page: AppTest) -> None:
    search = page.text_input(key="data:search:numbers")
    search.set_value("question 11").run()
    assert rows_shown(page) == [12, *range(111, 121)]
    page.text_input(key="data:search:numbers").set_value("nowhere").run()
    assert "No row has all these words." in said(page)


def test_an_old_version_can_be_the_current_one_again(page: AppTest, space: Workspace) -> None:
    space.storage.data_sets.edit("numbers", {0: ROWS[0].model_copy(update={"query": "Other?"})}, parent=1)
    page.run()
    [box] = [found for found in page.selectbox if found.label == "Version"]
    assert box.value == 2
    box.set_value(1).run()
    assert "This is an old version; 2 is the current one." in said(page)
    page.button(key="data:restore").click().run()
    assert "Version 3 has the rows of version 1." in said(page)
    assert space.storage.data_sets.get("numbers").examples == ROWS


def test_a_data_set_is_parted_into_splits(dividing: AppTest, space: Workspace) -> None:
    dividing.number_input(key="divide:test").set_value(30).run()
    assert "Together 110 %; make it 100 %." in said(dividing)
    dividing.number_input(key="divide:train").set_value(70).run()
    dividing.button(key="divide:split").click().run()
    assert "Made 'numbers-train' (84 rows), 'numbers-test' (36 rows)." in said(dividing)
    assert space.storage.data_sets.info("numbers-train").examples == 84


def test_questions_that_two_splits_share_are_told(dividing: AppTest, space: Workspace) -> None:
    twice = tuple(Example(id=str(n), query="The same?") for n in range(10))
    space.storage.data_sets.delete("numbers")
    space.storage.data_sets.put(DataSet(name="numbers", examples=twice))
    dividing.run()
    dividing.button(key="divide:split").click().run()
    assert "2 questions have the same words in two of them" in said(dividing)


def test_a_sample_is_drawn(dividing: AppTest, space: Workspace) -> None:
    dividing.segmented_control(key="divide:way").set_value("A sample").run()
    dividing.number_input(key="divide:rows").set_value(7).run()
    dividing.button(key="divide:sample").click().run()
    assert "Drew 7 rows into 'numbers-sample'." in said(dividing)
    assert space.storage.data_sets.info("numbers-sample").examples == 7


def test_a_deleted_data_set_is_gone(page: AppTest, space: Workspace) -> None:
    page.button(key="data:delete:sure").click().run()
    assert "'numbers' is deleted." in said(page)
    assert "numbers" not in {info.name for info in space.storage.data_sets.list()}


def test_a_pasted_table_is_imported(importing: AppTest, space: Workspace) -> None:
    importing.segmented_control(key="import:way").set_value("Paste").run()
    importing.text_area(key="import:text").set_value("question,answer\nA?,1\nB?,2\n").run()
    assert "The first 2 rows as they will be." in said(importing)
    importing.text_input(key="import:name:").set_value("ab").run()
    importing.button(key="import:take").click().run()
    assert "'ab' has 2 rows." in said(importing)
    assert [example.query for example in space.storage.data_sets.get("ab").examples] == ["A?", "B?"]


def test_a_known_name_gets_the_next_version(importing: AppTest, space: Workspace) -> None:
    importing.segmented_control(key="import:way").set_value("Paste").run()
    importing.text_area(key="import:text").set_value("question,answer\nA?,1\n").run()
    importing.text_input(key="import:name:").set_value("numbers").run()
    assert "There is 'numbers' already; the import becomes its version 2." in said(importing)
    importing.button(key="import:take").click().run()
    assert [version.examples for version in space.storage.data_sets.versions("numbers")] == [1, 120]


def test_a_fault_of_a_pasted_table_is_told_in_a_sentence(importing: AppTest, space: Workspace) -> None:
    importing.segmented_control(key="import:way").set_value("Paste").run()
    importing.text_area(key="import:text").set_value('question,answer\n"A?,1\n').run()
    assert "a quotation mark is opened and never closed" in said(importing)
    importing.text_area(key="import:text").set_value("question,answer\n,1\nB?,2\n").run()
    importing.button(key="import:take").click().run()
    assert "row 1 (line 2), column 'question': the cell is empty" in said(importing)
    assert "pasted" not in {info.name for info in space.storage.data_sets.list()}


def test_document_sets_are_shown_and_removed(page: AppTest, space: Workspace) -> None:
    space.storage.documents.create("rivers", [Document(title="Spree", text="A river.")])
    page.run()
    assert "A river." in said(page)
    page.button(key="documents:remove:rivers").click().run()
    assert "'rivers' is removed" in said(page)
    assert space.storage.documents.list() == ()

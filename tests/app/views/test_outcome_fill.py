"""Missing cells on the page of routers: listed, priced, bought, and the table's next version shown."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.workspace import Workspace
from pipelines.data.data_set import DataSet
from tests.app.experiment.scene import examples
from tests.app.views.hand import texts
from tests.app.views.test_routers import shown
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub
from tests.pipelines.outcome.tables import table

END_S = 60.0
NAN = float("nan")
FACTS = examples(8)


def draw_form() -> None:
    """Is what the dialog shows."""
    from app.routing.fill_form import draw_fill_form
    from app.routing.table_shelf import table_entries
    from app.state import workspace

    draw_fill_form(workspace(), table_entries(workspace())["facts"])


@pytest.fixture
def holed(space: Workspace) -> Workspace:
    """A stored table with eight cells to buy: six of a model of the catalogue, two of a stranger."""
    score = [[NAN, 1.0, NAN if n > 5 else 0.0] if n < 6 else [0.0, 1.0, NAN] for n in range(8)]
    made = table(
        score, queries=[example.query for example in FACTS], models=["stub", "other", "stranger"],
        tasks=[example.tags[0] for example in FACTS],
    )  # fmt: skip
    space.storage.outcome_tables.put(made, "facts", title="Facts")
    space.storage.data_sets.put(DataSet(name="facts", title="Facts", examples=FACTS[:7]))
    return space


def form() -> AppTest:
    return AppTest.from_function(draw_form, default_timeout=60).run()


def filled(space: Workspace) -> None:
    job = space.fillings.of("facts")
    assert job is not None
    assert job.future is not None
    job.future.result(END_S)


def test_missing_cells_are_listed_by_model_and_task_priced_and_bought(holed: Workspace) -> None:
    assert "8 of 24 cells have no score (33%)." in texts(shown("facts"))
    at = form()
    lines = at.dataframe[0].value
    assert lines[["Model", "Task", "Missing"]].to_numpy().tolist() == [
        ["stub", "easy", 3], ["stub", "hard", 3], ["stranger", "easy", 1], ["stranger", "hard", 1],
    ]  # fmt: skip
    assert at.button(key="fill:start").label == "Fill 6 cells for about \\$0.0036"
    at.button(key="fill:start").click().run()
    filled(holed)
    page = shown("facts")
    assert "Filled 6 of 6 cells for" in "\n".join(element.value for element in page.success).replace("\\", "")
    assert "2 of 24 cells have no score (8%)." in texts(page)
    assert holed.storage.outcome_tables.get("facts").score[:6, 0].tolist() == [1.0, 0.0] * 3
    page.button(key="fill:close").click().run()
    assert not page.success


def test_another_model_may_answer_for_a_stranger_and_rows_without_an_example_are_left_out(holed: Workspace) -> None:
    at = form()
    at.selectbox(key="fill:facts:as:stranger").set_value("stub").run()
    assert "1 of the chosen cells are left out: their questions are not in that data set." in texts(at)
    assert at.button(key="fill:start").label.startswith("Fill 7 cells")
    at.number_input(key="fill:facts:most").set_value(2).run()
    assert at.button(key="fill:start").label.startswith("Fill 2 cells")
    at.number_input(key="fill:facts:budget").set_value(0.0001).run()
    assert "some cells will stay missing" in texts(at)


def test_why_cells_could_not_be_filled_is_told_on_the_page(holed: Workspace, stub: Stub) -> None:
    stub.will(s.fails(400, "no such model"))
    form().button(key="fill:start").click().run()
    filled(holed)
    said = texts(shown("facts")).replace("\\", "")
    assert "Filled only 0 of 6 cells for $0." in said
    assert "None of 6 cells could be filled" in said
    assert "**6 ×** stub:" in said
    assert "These cells stay missing." in said

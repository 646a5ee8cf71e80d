"""Missing cells are bought from a real server, and the others stay as they were."""

from __future__ import annotations

import numpy as np
import pytest

from app.outcome.filling import fill_cells
from app.workspace import Workspace
from pipelines.catalogue import ModelEntry
from pipelines.error import ConfigurationError
from pipelines.outcome.missing import plan_fill
from pipelines.outcome.table import OutcomeTable
from tests.app.experiment.scene import CALL_USD, EXACT, PRICE, examples
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub
from tests.pipelines.outcome.tables import table

NAN = float("nan")
FACTS = examples(4)


@pytest.fixture
def holed(workspace: Workspace, server: Stub) -> OutcomeTable:
    entry = ModelEntry(name="big", provider="openai_compatible", target="b", price=PRICE, base_url=server.base_url)
    workspace.storage.models.put(entry)
    workspace.refresh_catalogue(look_around=False)
    queries = [example.query for example in FACTS]
    return table([[0.5, NAN], [NAN, 0.25], [1.0, 1.0], [NAN, NAN]], queries=queries, models=["small", "large"])


def test_exactly_the_missing_cells_are_asked_and_scored(
    workspace: Workspace, server: Stub, holed: OutcomeTable
) -> None:
    aliases = {"large": "big"}
    plan = plan_fill(holed, workspace.catalogue, aliases=aliases)
    done: list[int] = []
    found = fill_cells(workspace, holed, plan, FACTS, EXACT, aliases=aliases, on_done=lambda: done.append(1))
    asked = sorted((body["model"], body["messages"][-1]["content"]) for body in server.bodies)
    assert asked == [("b", "question 0"), ("b", "question 3"), ("m", "question 1"), ("m", "question 3")]
    assert found.table.score.tolist() == [[0.5, 1.0], [0.0, 0.25], [1.0, 1.0], [0.0, 0.0]]
    assert (found.asked, found.filled, found.failed, len(done)) == (4, 4, (), 4)
    assert found.paid_usd == pytest.approx(4 * CALL_USD)
    assert found.table.cost_usd[0, 1] == pytest.approx(CALL_USD)
    assert np.isnan(found.table.cost_usd[0, 0])
    store = workspace.storage.outcome_tables
    assert (store.put(holed, "facts"), store.put(found.table, "facts")) == (1, 2)
    assert store.card("facts").missing == 0
    assert store.card("facts@1").missing == 4


def test_what_failed_stays_missing_and_is_told_and_the_rest_is_not_asked_again(
    workspace: Workspace, server: Stub, holed: OutcomeTable
) -> None:
    holed = holed.columns(["small"])
    server.will(s.fails(400), s.says("hello"))
    plan = plan_fill(holed, workspace.catalogue)
    found = fill_cells(workspace, holed, plan, FACTS, EXACT, width=1)
    assert (found.filled, len(found.failed), int(found.table.missing.sum())) == (1, 1, 1)
    assert found.failed[0][:2] == ("q1", "small")
    again = fill_cells(workspace, found.table, plan_fill(found.table, workspace.catalogue), FACTS, EXACT)
    assert (again.filled, int(again.table.missing.sum()), server.calls) == (1, 0, 3)


def test_the_budget_is_never_exceeded(workspace: Workspace, server: Stub, holed: OutcomeTable) -> None:
    plan = plan_fill(holed, workspace.catalogue, models=["small"])
    found = fill_cells(workspace, holed, plan, FACTS, EXACT, budget_usd=1e-6)
    assert (found.filled, found.paid_usd, server.calls) == (0, 0.0, 0)
    assert "budget" in found.failed[0][2]


def test_a_model_or_an_example_that_is_not_there_is_told(
    workspace: Workspace, server: Stub, holed: OutcomeTable
) -> None:
    plan = plan_fill(holed, workspace.catalogue)
    with pytest.raises(ConfigurationError, match="The model 'large' is not in the catalogue"):
        fill_cells(workspace, holed, plan, FACTS, EXACT)
    with pytest.raises(ConfigurationError, match="The row 'q3' of the table 'small' has no example"):
        fill_cells(workspace, holed, plan, FACTS[:3], EXACT, aliases={"large": "big"})
    assert server.calls == 0

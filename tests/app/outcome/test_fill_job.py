"""Fillings behind the page: stored as the next version, stopped with what was bought, ended where nothing works."""

from __future__ import annotations

import pytest

from app.outcome.fill_job import FillJob, FillOrder
from app.workspace import Workspace
from pipelines.error import ConfigurationError
from pipelines.outcome.missing import plan_fill
from pipelines.outcome.table import OutcomeTable
from tests.app.experiment.scene import CALL_USD, EXACT, Gate, examples, until
from tests.app.experiment.test_experiments import server_loop_opens
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub
from tests.pipelines.outcome.tables import table

END_S = 60.0
NAN = float("nan")
FACTS = examples(40)
HOLED = table([[NAN, 1.0]] * 40, queries=[example.query for example in FACTS], models=["small", "other"])


def order(space: Workspace, holed: OutcomeTable = HOLED, *, budget_usd: float | None = None) -> FillOrder:
    return FillOrder(
        name="facts",
        table=holed,
        plan=plan_fill(holed, space.catalogue),
        examples=FACTS,
        scorer=EXACT,
        about={"title": "Facts"},
        budget_usd=budget_usd,
    )


def ended(job: FillJob) -> FillJob:
    assert job.future is not None
    job.future.result(END_S)
    return job


def test_a_filling_stores_the_next_version_under_the_same_title(workspace: Workspace, server: Stub) -> None:
    workspace.storage.outcome_tables.put(HOLED, "facts", title="Facts")
    job = ended(workspace.fillings.start(order(workspace)))
    assert (job.status, job.asked, job.filled, job.failed, job.error) == ("done", 40, 40, [], "")
    assert job.purse.spent_usd == pytest.approx(40 * CALL_USD)
    assert job.version == 2
    card = workspace.storage.outcome_tables.card("facts")
    assert (card.title, card.missing) == ("Facts", 0)
    assert workspace.fillings.of("facts") is job
    workspace.fillings.forget("facts")
    assert workspace.fillings.of("facts") is None


def test_a_stopped_filling_keeps_what_was_bought(workspace: Workspace, server: Stub) -> None:
    gate = Gate()
    server.will(s.says("hello"), s.says("hello"), gate)
    job = workspace.fillings.start(order(workspace))
    until(lambda: job.asked == 2 and server.active > 0)
    with pytest.raises(ConfigurationError, match="'facts' is being filled"):
        workspace.fillings.start(order(workspace))
    workspace.fillings.stop("facts")
    server_loop_opens(gate)
    ended(job)
    assert (job.status, job.failed) == ("stopped", [])
    assert 2 < job.filled == server.calls < 40
    assert job.version == 1
    assert workspace.storage.outcome_tables.card("facts").missing == 40 - job.filled


def test_the_budget_ends_a_filling_and_the_rest_stays_missing(workspace: Workspace, server: Stub) -> None:
    job = ended(workspace.fillings.start(order(workspace, budget_usd=1e-6)))
    assert (job.status, job.filled, job.version, server.calls) == ("failed", 0, None, 0)
    assert job.error == "None of 40 cells could be filled, so the rest was not tried."
    assert "budget" in job.failed[0][2]
    assert workspace.storage.outcome_tables.list() == []


def test_an_order_that_cannot_be_filled_says_why(workspace: Workspace, server: Stub) -> None:
    whole = table([[1.0, 1.0]], models=["small", "other"])
    with pytest.raises(ConfigurationError, match="No cell of 'facts' is chosen"):
        workspace.fillings.start(order(workspace, whole))
    stranger = table([[NAN, 1.0]], queries=["question 0"], models=["stranger", "other"])
    job = ended(workspace.fillings.start(order(workspace, stranger)))
    assert job.status == "failed"
    assert job.error.startswith("The model 'stranger' is not in the catalogue")

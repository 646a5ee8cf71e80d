"""A place of an experiment becomes a run, the same after every crash, and the run a row that says why it ended."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.data.example import Example
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings, Row, run_id_of
from pipelines.experiment.row import Task, branches_of, row_of, run_of, seed_of, status_of, trouble_of
from pipelines.run import Budget, Decision, Fired, Run, RunSettings, Span, Totals
from pipelines.value import Answer, Query
from tests.pipelines.drawing import single_expert

EXAMPLE = Example(id="e1", query="Which?", choices=("red", "blue"), references=("B",))
EXPERIMENT = Experiment(
    id="x1",
    contenders=tuple(Contender(label=name, pipeline=single_expert(), workflow="w", version=2) for name in "ab"),
    data_set="facts",
    data_hash="h",
    settings=ExperimentSettings(model="small", seed=7, cache=False, row_budget_usd=0.5, row_timeout_s=9.0),
)


def task(earlier: Row | None = None, repeat: int = 0, contender: int = 1) -> Task:
    return Task(contender, 3, repeat, EXAMPLE, earlier)


def span(node_id: str = "expert", **changes: Any) -> Span:
    return Span(**{"node_id": node_id, "kind": "expert", "status": "failed", **changes})


def ended(*spans: Span, **changes: Any) -> Run:
    run = Run(id="r1", pipeline=single_expert(), query=Query(text="?"), spans=spans, status="failed")
    return run.model_copy(update=changes)


def test_a_run_is_made_of_the_place_and_the_settings() -> None:
    run = run_of(EXPERIMENT, task())
    assert run.id == run_id_of("x1", 1, 3, 0, 0)
    assert (run.workflow, run.version, run.experiment) == ("w", 2, "x1")
    assert run.query.text == "Which?\n\nA) red\nB) blue"
    assert run.settings == RunSettings(
        model="small", seed=seed_of(7, "e1", 0), budget=Budget(usd=0.5, seconds=9.0), cache=False, node_timeout_s=9.0
    )


def test_a_later_attempt_is_another_run() -> None:
    earlier = Row(contender=1, example=3, attempt=2, status="waiting", earlier_cost_usd=0.75)
    run = run_of(EXPERIMENT, task(earlier))
    assert run.id == run_id_of("x1", 1, 3, 0, 2)
    row = row_of(task(earlier), run.model_copy(update={"status": "failed"}))
    assert (row.attempt, row.earlier_cost_usd) == (2, 0.75)


def test_the_seed_is_the_same_for_all_pipelines_and_another_for_each_example_and_repeat() -> None:
    assert run_of(EXPERIMENT, task(contender=0)).settings.seed == run_of(EXPERIMENT, task()).settings.seed
    assert seed_of(7, "e1", 0) == 415_730_315
    assert len({seed_of(7, "e1", 0), seed_of(7, "e1", 1), seed_of(7, "e2", 0), seed_of(8, "e1", 0)}) == 4


def test_a_row_tells_what_the_run_did() -> None:
    taken = Fired(ports={"easy": Query(text="?")}, decision=Decision(scores={"easy": 1.0}))
    spans = (
        span("answer", status="done"),
        span("expert", status="done", models=("big", "small")),
        span("question", status="done", fired=taken, models=("small",)),
    )
    answer = Answer(text="blue", confidence=0.5)
    totals = Totals(calls=3, cached_calls=1, cost_usd=0.1, list_cost_usd=0.2, input_tokens=5, output_tokens=6)
    row = row_of(task(), ended(*spans, status="done", answer=answer, totals=totals, latency_s=1.5))
    assert row == Row(
        contender=1, example=3, status="done", run_id="r1", run_status="done", answer="blue", confidence=0.5,
        route=("question.easy",), models=("big", "small"), calls=3, cached_calls=1, cost_usd=0.1, list_cost_usd=0.2,
        input_tokens=5, output_tokens=6, latency_s=1.5,
    )  # fmt: skip


def test_branches_stand_in_the_order_of_the_nodes() -> None:
    taken = Fired(ports={"b": Query(text="?"), "a": Query(text="?")}, decision=Decision())
    run = ended(span("expert/inner", fired=taken), span("answer", fired=taken), span("question", fired=taken))
    assert branches_of(run) == (
        *("question.b", "question.a", "expert/inner.b", "expert/inner.a", "answer.b", "answer.a"),
    )


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        ("DatabaseUnavailable", "store"),
        ("ModelRefusedKey", "key"),
        ("RunCancelled", "cancelled"),
        ("BudgetExceeded", "budget"),
    ],
)
def test_what_says_nothing_of_the_pipeline_is_told_apart(kind: str, trouble: str) -> None:
    import storage.error  # noqa: F401  (its classes say what cannot be stored)

    assert trouble_of(ended(span(error_kind="ModelOverloaded"), span(error_kind=kind, error="So."))) == (trouble, "So.")


def test_a_failure_of_the_pipeline_itself_is_no_trouble() -> None:
    assert trouble_of(ended(span(error_kind="ModelOverloaded"))) is None
    assert trouble_of(ended(span(status="done"), status="done")) is None


def test_a_key_that_is_refused_on_a_branch_that_was_not_needed_is_no_trouble() -> None:
    assert trouble_of(ended(span(error_kind="ModelRefusedKey"), status="done")) is None


def test_a_stopped_run_is_cancelled() -> None:
    assert trouble_of(ended(status="cancelled")) == ("cancelled", "The run was stopped.")


def test_a_row_that_ran_out_of_its_time_failed_and_one_that_ran_out_of_money_did_not() -> None:
    settings = RunSettings(budget=Budget(usd=1.0, seconds=2.0))
    assert status_of(ended(status="budget", settings=settings, latency_s=2.0)) == "failed"
    assert status_of(ended(status="budget", settings=settings, latency_s=1.0)) == "budget"

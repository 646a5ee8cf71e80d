"""Rows of experiments are stored in place, found by what they are, and read as columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipelines.document import Pipeline
from pipelines.error import NotFound
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings, Row, run_id_of
from pipelines.experiment.results import ExampleColumns
from pipelines.scorer import Score
from storage import Storage, open_storage
from storage.error import StorageError
from storage.experiment import Experiments
from storage.experiment_page import RowFilter
from tests.storage.changed import call, run

EXAMPLES = ExampleColumns(
    ids=("a", "b", "c"),
    tags=(("easy",), ("hard", "long"), ("hard",)),
    groups=("g1", None, "g1"),
    difficulties=(None, "level 5", None),
)
EXPERIMENT = Experiment(
    id="x1",
    title="One and two",
    contenders=(Contender(label="one", pipeline=Pipeline()), Contender(label="two", pipeline=Pipeline())),
    data_set="facts",
    data_hash="h",
    scorers=({"kind": "exact_match"}, {"kind": "human"}),
    settings=ExperimentSettings(repeats=2, budget_usd=1.0),
)


def row(contender: int, example: int, repeat: int = 0, value: float | None = 1.0, **changes: object) -> Row:
    """Returns an answered row that still waits for a label."""
    scores = {} if value is None else {"exact_match": Score(value=value, reason="expected 42")}
    return Row(
        **{
            "contender": contender,
            "example": example,
            "repeat": repeat,
            "status": "done",
            "run_id": run_id_of("x1", contender, example, repeat, 0),
            "run_status": "done",
            "answer": "Paris \x00 is it",
            "confidence": 0.75,
            "scores": scores,
            "route": ("router.easy",),
            "models": ("small", "big"),
            "calls": 3,
            "cached_calls": 1,
            "cost_usd": 0.25,
            "list_cost_usd": 0.5,
            "judge_cost_usd": 0.125,
            "input_tokens": 11,
            "output_tokens": 7,
            "latency_s": 1.5,
            **changes,
        }
    )


@pytest.fixture
async def experiments(storage: Storage) -> Experiments:
    found = storage.experiments
    found.create(EXPERIMENT, EXAMPLES, (4, 0, 2))
    return found


async def put(experiments: Experiments, *rows: Row) -> None:
    for each in rows:
        await experiments.put("x1", each)


async def test_an_experiment_comes_back_as_it_was(experiments: Experiments) -> None:
    assert experiments.get("x1") == EXPERIMENT
    [info] = experiments.list()
    assert (info.id, info.title, info.status, info.rows, info.data_set) == ("x1", "One and two", "new", 12, "facts")
    assert experiments.examples("x1") == EXAMPLES
    assert experiments.places("x1") == [4, 0, 2]


async def test_its_status_has_a_reason(experiments: Experiments) -> None:
    experiments.set_status("x1", "paused", "The disk is full.")
    found = experiments.get("x1")
    assert (found.status, found.error) == ("paused", "The disk is full.")


async def test_an_id_is_taken_once(experiments: Experiments) -> None:
    with pytest.raises(StorageError):
        experiments.create(EXPERIMENT, EXAMPLES, (0, 1, 2))


async def test_an_unknown_experiment_is_said(experiments: Experiments) -> None:
    with pytest.raises(NotFound, match="There is no experiment 'ghost'"):
        experiments.results("ghost")


async def test_a_row_comes_back_as_it_was(experiments: Experiments) -> None:
    whole = row(1, 2, 1, earlier_cost_usd=0.5, attempt=3, score_errors={"human": "no"}, error="late", answer="Paris")
    await put(experiments, whole)
    assert experiments.rows("x1").rows == (whole,)


async def test_a_row_takes_the_place_of_the_one_before(experiments: Experiments) -> None:
    await put(experiments, row(0, 0, value=0.0), row(0, 0, value=1.0, attempt=1))
    page = experiments.rows("x1")
    assert (page.total, page.rows[0].attempt) == (1, 1)


async def test_results_are_columns_in_the_order_of_the_places(experiments: Experiments) -> None:
    await put(
        experiments,
        row(1, 2, 1, 0.5, route=(), earlier_cost_usd=1.0),
        row(0, 1, 0, None, confidence=None, score_errors={"exact_match": "no reference"}),
        row(0, 0, 0, 1.0),
        row(1, 0, 0, None, status="failed"),
        row(1, 1, 0, None, status="budget"),
        row(0, 2, 0, 1.0, status="waiting"),
    )
    found = experiments.results("x1")
    assert found.contenders == ("one", "two")
    assert found.contender.tolist() == [0, 0, 1, 1, 1]
    assert found.example.tolist() == [0, 1, 0, 1, 2]
    assert found.repeat.tolist() == [0, 0, 0, 0, 1]
    assert found.status.tolist() == [0, 0, 1, 2, 0]
    assert np.array_equal(found.score, [1.0, np.nan, 0.0, np.nan, 0.5], equal_nan=True)
    assert np.array_equal(found.confidence, [0.75, np.nan, 0.75, 0.75, 0.75], equal_nan=True)
    assert found.cost_usd.tolist() == [0.25, 0.25, 0.25, 0.25, 1.25]
    assert found.list_cost_usd.tolist() == [0.5] * 5
    assert found.judge_cost_usd.tolist() == [0.125] * 5
    assert found.latency_s.tolist() == [1.5] * 5
    assert (found.input_tokens.tolist(), found.output_tokens.tolist()) == ([11] * 5, [7] * 5)
    assert (found.calls.tolist(), found.cached_calls.tolist()) == ([3] * 5, [1] * 5)
    assert [found.routes[code] for code in found.route] == [("router.easy", "small", "big")] * 4 + [("small", "big")]


async def test_results_without_rows_are_empty(experiments: Experiments) -> None:
    found = experiments.results("x1")
    assert found.n_rows == 0
    assert found.matrix(found.score).shape == (3, 2)


async def test_another_scorer_may_be_chosen(experiments: Experiments) -> None:
    both = {"exact_match": Score(value=1.0), "human": Score(value=0.25)}
    await put(experiments, row(0, 0, scores=both), row(0, 1))
    assert np.array_equal(experiments.results("x1", "human").score, [0.25, np.nan], equal_nan=True)
    assert experiments.results("x1", "exact_match").score.tolist() == [1.0, 1.0]
    with pytest.raises(NotFound, match="There is no scorer 'ghost'; there is exact_match, human"):
        experiments.results("x1", "ghost")


async def test_rows_are_found_by_what_they_are(experiments: Experiments) -> None:
    await put(experiments, *(row(c, e, value=float((c + e) % 2)) for c in (0, 1) for e in (0, 1, 2)))
    await put(experiments, row(0, 0, 1, None, status="failed"))
    found = {
        name: [(each.example, each.contender, each.repeat) for each in experiments.rows("x1", wanted).rows]
        for name, wanted in {
            "contender": RowFilter(contender=1),
            "status": RowFilter(status="failed"),
            "tag": RowFilter(tag="hard", contender=0),
            "quoted tag": RowFilter(tag="' OR 1=1 --"),
            "good": RowFilter(least_score=0.5),
            "bad": RowFilter(greatest_score=0.5, status="done"),
            "example": RowFilter(example=2),
            "differ": RowFilter(differ=(0, 1), tag="easy"),
            "differ much": RowFilter(differ=(1, 0), least_gap=1.0),
            "unlabelled": RowFilter(unlabelled=True, contender=0),
        }.items()
    }
    assert found == {
        "contender": [(0, 1, 0), (1, 1, 0), (2, 1, 0)],
        "status": [(0, 0, 1)],
        "tag": [(1, 0, 0), (2, 0, 0)],
        "quoted tag": [],
        "good": [(0, 1, 0), (1, 0, 0), (2, 1, 0)],
        "bad": [(0, 0, 0), (1, 1, 0), (2, 0, 0)],
        "example": [(2, 0, 0), (2, 1, 0)],
        "differ": [(0, 0, 0), (0, 1, 0)],
        "differ much": [],
        "unlabelled": [(0, 0, 0), (1, 0, 0), (2, 0, 0)],
    }


async def test_a_page_is_a_piece_and_knows_how_many_there_are(experiments: Experiments) -> None:
    await put(experiments, *(row(c, e) for c in (0, 1) for e in (0, 1, 2)))
    page = experiments.rows("x1", offset=2, limit=3)
    assert page.total == 6
    assert [(each.example, each.contender) for each in page.rows] == [(1, 0), (1, 1), (2, 0)]


async def test_progress_adds_up_what_is_stored(experiments: Experiments) -> None:
    errors = {"exact_match": "no reference"}
    await put(
        experiments, row(0, 0), row(0, 1, value=None, score_errors=errors), row(1, 0, value=None, status="failed")
    )
    await put(experiments, row(1, 1, value=None, status="budget"), row(1, 2, value=None, status="waiting"))
    found = experiments.progress("x1")
    assert (found.total, found.done, found.failed, found.budget, found.ended) == (12, 2, 1, 1, 3)
    assert (found.unscored, found.unlabelled) == (1, 2)
    assert (found.calls, found.cached_calls) == (15, 5)
    assert found.paid_usd == pytest.approx(5 * 0.375)
    assert found.judge_usd == pytest.approx(5 * 0.125)
    assert found.list_usd == pytest.approx(5 * 0.5)
    assert found.budget_left_usd == 0.0


async def test_what_is_left_are_rows_that_have_not_ended(experiments: Experiments, storage: Storage) -> None:
    stopped = row(1, 1, value=None, status="cancelled")
    await put(experiments, row(0, 0), row(1, 0, value=None, status="failed"), stopped)
    for run_id in (run_id_of("x1", 0, 0, 0, 0), run_id_of("x1", 1, 1, 0, 0), run_id_of("x1", 0, 2, 0, 0)):
        await storage.runs.begin(run().model_copy(update={"id": run_id, "experiment": "x1"}))
        await storage.runs.put(call().model_copy(update={"id": run_id, "run_id": run_id, "cost_usd": 0.5}))
    left = experiments.remainder("x1")
    assert np.argwhere(left.ended).tolist() == [[0, 0, 0], [0, 0, 1]]
    assert left.begun == {(0, 1, 1): stopped}
    assert left.begun_runs == {run_id_of("x1", 1, 1, 0, 0), run_id_of("x1", 0, 2, 0, 0)}
    assert left.paid_usd == pytest.approx(1.5)


async def test_failed_rows_wait_for_another_attempt_and_remember_what_they_cost(experiments: Experiments) -> None:
    lacking = row(0, 1, value=None, score_errors={"exact_match": "the judge was away"})
    await put(experiments, row(0, 0), lacking, row(1, 0, value=None, status="failed", earlier_cost_usd=1.0))
    assert experiments.wait_again("x1") == 2
    left = experiments.remainder("x1").begun
    again = left[0, 0, 1]
    assert (again.status, again.attempt, again.cost_usd, again.earlier_cost_usd) == ("waiting", 1, 0.0, 1.375)
    rescored = left[0, 1, 0]
    assert (rescored.status, rescored.attempt, rescored.cost_usd) == ("waiting", 0, 0.25)
    assert experiments.results("x1").n_rows == 1
    assert experiments.wait_again("x1") == 0


async def test_a_label_changes_one_row(experiments: Experiments) -> None:
    await put(experiments, row(0, 0), row(0, 1))
    labelled = experiments.label("x1", row(0, 0), "human", Score(value=0.5, reason="nearly"))
    assert labelled.scores["human"] == Score(value=0.5, reason="nearly")
    assert np.array_equal(experiments.results("x1", "human").score, [0.5, np.nan], equal_nan=True)
    with pytest.raises(NotFound, match="has no answer yet"):
        experiments.label("x1", row(1, 2), "human", Score(value=0.5))


async def test_a_deleted_experiment_takes_its_rows_along(experiments: Experiments) -> None:
    await put(experiments, row(0, 0))
    experiments.delete("x1")
    assert experiments.list() == []
    with pytest.raises(NotFound):
        experiments.rows("x1")


async def test_a_row_that_was_acknowledged_is_there_after_reopening(url: str) -> None:
    with open_storage(url) as first:
        first.experiments.create(EXPERIMENT, EXAMPLES, (0, 1, 2))
        await first.experiments.put("x1", row(0, 0))
    with open_storage(url) as second:
        assert second.experiments.progress("x1").done == 1


async def test_one_worker_has_it_in_hand_until_the_lease_ends_also_when_the_clock_jumps_back(storage: Storage) -> None:
    present = datetime(2026, 3, 29, 12, tzinfo=UTC)
    found = Experiments(storage.database, clock=lambda: present)
    assert found.lease("x1", "me", 30)
    assert not found.lease("x1", "you", 30)
    present -= timedelta(hours=1)
    assert not found.lease("x1", "you", 30)
    assert found.renew("x1", "me", 30)
    assert found.holder("x1") == "me"
    present += timedelta(seconds=31)
    assert found.lease("x1", "you", 30)
    assert not found.renew("x1", "me", 30)
    found.close()

"""Comparisons of routers on tables whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.best_single import BestSingle
from pipelines.routers.category import Category
from pipelines.routers.ridge import Ridge
from pipelines.routing.arena import arena_score
from pipelines.routing.evaluation import compare_routers
from tests.pipelines.outcome.tables import table, two_tasks


def test_a_table_of_two_crafts_is_routed_perfectly() -> None:
    train, test = split_table(two_tasks(), (0.5, 0.5))
    found = compare_routers({"ridge": Ridge(), "category": Category()}, train, test)
    assert [router.accuracy.value for router in found.routers] == [1.0, 1.0]
    assert found.references["oracle"].accuracy.value == 1.0
    assert found.references["best single"].accuracy.value == pytest.approx(0.5, abs=0.1)
    assert found.routers[0].oracle_gap_closed.value == 1.0
    assert (found.null_accuracy["ridge"].high or 1.0) < 0.7
    assert (found.differences["ridge"].low or 0.0) > 0.3


def test_a_table_where_the_models_are_equal_has_no_headroom() -> None:
    rng = np.random.default_rng(0)
    rows = [[score, score] for score in rng.integers(2, size=100).astype(float)]
    train, test = split_table(table(rows), (0.5, 0.5))
    found = compare_routers({"ridge": Ridge()}, train, test)
    assert found.headroom.value == 0.0
    assert found.routers[0].oracle_gap_closed.value is None


def test_rows_that_lack_a_score_are_left_out_of_the_test_and_told() -> None:
    whole = two_tasks(100)
    score = whole.score.copy()
    score[:, 1] = np.where(np.arange(100) % 10 == 0, np.nan, score[:, 1])
    holed = table(score.tolist(), queries=whole.queries, tasks=whole.tasks, models=whole.models)
    train, test = split_table(holed, (0.5, 0.5))
    found = compare_routers({"ridge": Ridge()}, train, test)
    assert found.n_test == int((~test.missing.any(axis=1)).sum()) < test.n_queries
    assert any("lack a score" in warning for warning in found.warnings)


def test_training_rows_are_refused_as_test_rows() -> None:
    with pytest.raises(ConfigurationError, match="never scored on what it was fitted on"):
        compare_routers({"ridge": Ridge()}, two_tasks(), two_tasks())


def _weak_and_strong(n: int, *, repeats: int = 1) -> tuple[OutcomeTable, OutcomeTable]:
    """Returns rows on which the strong model also knows the hard half, each question so often in a group of its own."""
    kinds = [(f"easy sum {number}", [1.0, 1.0]) if number % 2 else (f"hard proof {number}", [0.0, 1.0])
             for number in range(n)]  # fmt: skip
    rows = [(f"{query} said {again}", score, query) for query, score in kinds for again in range(repeats)]
    made = table(
        [score for _, score, _ in rows],
        queries=[query for query, _, _ in rows],
        models=["weak", "strong"],
        groups=[group for _, _, group in rows],
    )
    return split_table(made, (0.5, 0.5))  # type: ignore[return-value]


def test_the_share_of_a_gap_is_told_where_the_gap_is_beyond_doubt() -> None:
    found = compare_routers({"ridge": Ridge()}, *_weak_and_strong(400)).routers[0]
    # Half of the calls, those to the hard questions, win the whole gap.
    assert found.apgr.value == pytest.approx(0.75, abs=0.02)
    assert found.cpt50 == pytest.approx(0.25, abs=0.02)


def test_a_gap_that_may_be_none_has_no_shares() -> None:
    rng = np.random.default_rng(0)
    train, test = split_table(table(rng.integers(2, size=(200, 2)).astype(float).tolist()), (0.5, 0.5))
    comparison = compare_routers({"ridge": Ridge()}, train, test)
    found = comparison.routers[0]
    assert (found.apgr.value, found.cpt50, found.cpt80) == (None, None, None)
    assert any("APGR and CPT are not defined: on these rows m" in warning for warning in comparison.warnings)


def test_models_equal_in_training_are_still_two() -> None:
    train, test = split_table(table([[1.0, 1.0], [0.0, 0.0]] * 50), (0.5, 0.5))
    found = compare_routers({"ridge": Ridge()}, train, test)
    assert "APGR and CPT are not defined: on these rows m0 is not better than m1 beyond doubt." in found.warnings


def test_shares_that_are_told_need_no_warning() -> None:
    found = compare_routers({"ridge": Ridge()}, *_weak_and_strong(400))
    assert not any("APGR" in warning for warning in found.warnings)


def test_repeated_questions_do_not_narrow_the_interval_of_the_share_of_a_gap() -> None:
    once = compare_routers({"ridge": Ridge()}, *_weak_and_strong(60)).routers[0].apgr
    often = compare_routers({"ridge": Ridge()}, *_weak_and_strong(60, repeats=20)).routers[0].apgr
    assert once.low is not None and once.high is not None and often.low is not None and often.high is not None
    assert often.high - often.low > 0.7 * (once.high - once.low)


def test_the_oracle_knows_what_each_answer_costs() -> None:
    # The dear model of each question is another one, which no mean cost tells.
    rng = np.random.default_rng(0)
    cost = np.where(rng.integers(2, size=(200, 1)) == 1, [[1e-3, 9e-3]], [[9e-3, 1e-3]])
    made = table(np.ones((200, 2)).tolist(), cost_usd=cost.tolist())
    oracle = compare_routers({"ridge": Ridge()}, *split_table(made, (0.5, 0.5))).references["oracle"]
    assert max(oracle.curve_cost_usd) == pytest.approx(1e-3)


def test_a_saving_that_is_not_reached_in_some_draws_may_be_none() -> None:
    rng = np.random.default_rng(1)
    dear, cheap = rng.random(600) < 0.6, rng.random(600) < 0.58
    made = table(np.stack([dear, cheap], axis=1).astype(float).tolist(), cost_usd=[[1e-2, 1e-3]] * 600)
    found = compare_routers({"ridge": Ridge()}, *split_table(made, (0.5, 0.5))).routers[0]
    assert found.saving_at_best_single_accuracy.low == 0.0


def test_the_score_of_the_arena_and_the_calibration_error_are_told() -> None:
    rng = np.random.default_rng(0)
    right = rng.random(600) < 0.7
    made = table([[float(each), 0.0] for each in right], cost_usd=[[1e-3, 1e-3]] * 600)
    found = compare_routers({"best": BestSingle()}, *split_table(made, (0.5, 0.5)))
    router = found.routers[0]
    assert router.accuracy.value is not None
    assert router.arena.value == pytest.approx(arena_score(router.accuracy.value, 1e-3))
    # What is always expected is the mean of the training rows.
    assert router.calibration_error.value == pytest.approx(abs(right.mean() - router.accuracy.value) * 2, abs=1e-9)
    assert found.references["best single"].calibration_error.value is None

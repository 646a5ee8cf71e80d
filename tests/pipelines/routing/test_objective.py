"""Choices under prices, budgets and constraints, against every possible choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.routing.objective import (
    Objective,
    abstaining,
    best_of_batch,
    choose,
    panel,
)

SCORES = np.array([[0.9, 0.8, 0.1], [0.2, 0.6, 0.5]])
COSTS = np.array([[5.0, 1.0, 0.5], [5.0, 1.0, 0.5]])


def _traded(score_per_usd: float) -> Objective:
    return Objective(rule="trade_off", score_per_usd=score_per_usd)


def test_the_worth_of_money_and_time_turns_the_choice() -> None:
    assert choose(Objective(), SCORES, COSTS).tolist() == [0, 1]
    assert choose(_traded(0.1), SCORES, COSTS).tolist() == [1, 1]
    assert choose(_traded(2.0), SCORES, COSTS).tolist() == [2, 2]
    slow = np.array([[0.0, 9.0, 0.0], [0.0, 9.0, 0.0]])
    assert choose(Objective(), SCORES, COSTS, latency_s=slow, score_per_s=0.1).tolist() == [0, 2]


def test_a_question_may_cost_no_more_than_its_budget() -> None:
    assert choose(Objective(rule="within", budget_usd=1.0), SCORES, COSTS).tolist() == [1, 1]
    assert choose(Objective(rule="within", budget_usd=0.1), SCORES, COSTS).tolist() == [-1, -1]


def test_the_cheapest_good_enough_is_taken_and_else_the_best() -> None:
    assert choose(Objective(rule="cheapest_above", enough=0.5), SCORES, COSTS).tolist() == [1, 2]
    assert choose(Objective(rule="cheapest_above", enough=0.95), SCORES, COSTS).tolist() == [0, 1]


def test_what_may_not_answer_is_never_chosen() -> None:
    may = np.array([[False, True, True], [False, False, False]])
    assert choose(Objective(), SCORES, COSTS, may=may).tolist() == [1, -1]
    assert choose(Objective(rule="cheapest_above", enough=0.0), SCORES, COSTS, may=may).tolist() == [2, -1]
    assert panel(SCORES, 2, may=may).tolist() == [[1, 2], [-1, -1]]


def test_a_panel_is_the_best_in_their_order() -> None:
    assert panel(SCORES, 2).tolist() == [[0, 1], [1, 2]]


def test_doubt_abstains() -> None:
    assert abstaining(np.array([0, 1]), np.array([0.9, 0.2]), 0.5).tolist() == [0, -1]


def test_the_rules_weigh_scores_and_costs_of_one_question() -> None:
    scores, costs = SCORES[0], COSTS[0]
    assert Objective().worth(scores, costs).tolist() == [0.9, 0.8, 0.1]
    assert Objective(rule="trade_off", score_per_usd=0.1).worth(scores, costs).tolist() == pytest.approx(
        [0.4, 0.7, 0.05]
    )
    assert Objective(rule="within", budget_usd=1.0).worth(scores, costs).tolist() == [-np.inf, 0.8, 0.1]


def test_the_good_enough_lie_far_above_the_others_and_the_cheapest_of_them_highest() -> None:
    worth = Objective(rule="cheapest_above", enough=0.5).worth(SCORES[0], COSTS[0])
    assert worth.argmax() == 1
    assert worth[0] > 99.0 > 1.0 > worth[2]


@pytest.mark.parametrize("seed", range(25))
def test_a_batch_within_budget_is_nearly_the_best_of_all_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, costs = rng.random((6, 3)), rng.random((6, 3)) + 0.01
    rows = np.arange(6)
    least, most = costs.min(axis=1).sum(), costs.max(axis=1).sum()
    budget = float(least + rng.random() * (most - least))
    chosen = best_of_batch(scores, costs, budget)
    assert costs[rows, chosen].sum() <= budget + 1e-9
    best = max(
        scores[rows, list(choice)].sum()
        for choice in product(range(3), repeat=6)
        if costs[rows, list(choice)].sum() <= budget
    )
    largest_step = (scores.max(axis=1) - scores.min(axis=1)).max()
    assert best - largest_step <= scores[rows, chosen].sum() <= best + 1e-9


def test_a_batch_that_cannot_be_paid_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"cheapest choices cost \$1.000000; the budget is \$0.500000"):
        best_of_batch(SCORES, COSTS, 0.5)


def test_a_rich_batch_takes_the_best() -> None:
    assert best_of_batch(SCORES, COSTS, 100.0).tolist() == [0, 1]

"""Routers side by side at any weight of cost and at other prices."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routing.background import Background
from pipelines.routing.board import Board
from tests.pipelines.outcome.tables import table

SCORES = [[1, 1], [0, 1], [0, 1], [1, 0]]
TABLE = table(SCORES, cost_usd=[[1.0, 3.0]] * 4, tasks=["a", "a", "b", "b"])
PREDICTED = np.array([[0.9, 0.9], [0.1, 0.9], [0.2, 0.3], [0.1, 0.9]])


def board() -> Board:
    return Board(TABLE, Background.of(TABLE), {"router": PREDICTED})


def test_the_curve_begins_with_the_score_and_ends_with_the_cheapest() -> None:
    curve = board().curve("router")
    assert curve.choices[0].tolist() == [0, 1, 1, 1]
    assert curve.choices[-1].tolist() == [0, 0, 0, 0]
    point = board().point(curve, 0)
    assert point.accuracy.value == 0.75
    assert point.cost_usd == pytest.approx(2.5)
    assert point.shares == {"m0": 0.25, "m1": 0.75}


def test_a_price_that_falls_moves_the_cost_and_not_the_score() -> None:
    cheaper = board().curve("router", {"m1": 0.5})
    assert cheaper.quality[0] == 0.75
    assert cheaper.cost_usd[0] == pytest.approx((1 + 1.5 * 3) / 4)
    assert board().mix({"m1": 0.1})[0].tolist() == pytest.approx([0.3])


def test_the_surest_mistake_comes_first() -> None:
    rows = board().regrets("router", np.array([0, 0, 0, 1]))
    assert [row.row for row in rows] == [3, 2, 1]
    assert (rows[0].chosen, rows[0].better, rows[0].regret) == ("m1", "m0", 1.0)
    assert board().regrets("router", np.array([0, 1, 1, 0])) == ()


def test_tasks_are_means_of_their_rows() -> None:
    tasks, counts, means = board().by_task({"router": np.array([0, 1, 0, 0])})
    assert tasks == ("a", "b")
    assert counts.tolist() == [2, 2]
    assert means["m0"].tolist() == [0.5, 0.5]
    assert means["router"].tolist() == [1.0, 0.5]
    assert means["oracle"].tolist() == [1.0, 1.0]


def test_without_costs_there_is_one_point() -> None:
    unpriced = table(SCORES)
    found = Board(unpriced, Background.of(unpriced), {"router": PREDICTED})
    curve = found.curve("router")
    assert not found.priced
    assert curve.choices.tolist() == [[0, 1, 1, 1]]
    assert found.point(curve, 0).cost_usd is None


def test_the_gain_is_in_pairs() -> None:
    gain = board().gain(np.array([0, 1, 1, 0]), "m1")
    # Of four questions there is no interval.
    assert (gain.value, gain.low, gain.high) == (0.25, None, None)


def test_shuffled_choices_of_one_model_are_that_model() -> None:
    null = board().null(np.array([1, 1, 1, 1]))
    assert (null.value, null.low, null.high) == (0.75, 0.75, 0.75)

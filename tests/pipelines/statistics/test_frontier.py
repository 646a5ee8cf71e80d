"""Front, hull, oracle and accuracy at a budget are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.frontier import (
    Point,
    accuracy_at_budget,
    average_accuracy,
    mix_hull,
    oracle,
    pareto_front,
)

NAN = float("nan")


def test_the_front_holds_what_nothing_beats() -> None:
    costs, accuracies = np.asarray([3.0, 1.0, 2.0, 2.0, 4.0]), np.asarray([0.8, 0.5, 0.7, 0.6, 0.8])
    assert pareto_front(costs, accuracies).tolist() == [1, 2, 0]


def test_equal_points_are_all_on_the_front_and_unknown_ones_never() -> None:
    assert pareto_front(np.asarray([1.0, 1.0, NAN]), np.asarray([0.5, 0.5, 0.9])).tolist() == [0, 1]


def test_the_front_of_many_points_is_what_the_definition_says() -> None:
    generator = np.random.default_rng(0)
    costs, accuracies = generator.integers(0, 20, 200) * 1.0, generator.integers(0, 20, 200) * 1.0
    by_definition = {
        i
        for i in range(200)
        if not np.any(
            (costs <= costs[i]) & (accuracies >= accuracies[i]) & ((costs < costs[i]) | (accuracies > accuracies[i]))
        )
    }
    assert set(pareto_front(costs, accuracies).tolist()) == by_definition


def test_the_hull_leaves_out_what_a_coin_beats() -> None:
    points = [Point(1, 0.5), Point(2, 0.55), Point(3, 0.9), Point(4, 0.8)]
    assert mix_hull(points) == (Point(1, 0.5), Point(3, 0.9))


def test_a_mix_reaches_what_lies_between() -> None:
    hull = mix_hull([Point(1, 0.5), Point(3, 0.9)])
    assert accuracy_at_budget(hull, 2) == pytest.approx(0.7)
    assert accuracy_at_budget(hull, 9) == 0.9
    assert accuracy_at_budget(hull, 0.5) is None
    assert accuracy_at_budget((), 1) is None


def test_the_average_accuracy_is_the_area_under_the_hull() -> None:
    # From 1 to 3 the mean is 0.7, from 3 to 5 it is 0.9.
    assert average_accuracy((Point(1, 0.5), Point(3, 0.9)), 1, 5) == pytest.approx(0.8)
    assert average_accuracy((Point(1, 0.5),), 1, 1) is None


def test_the_oracle_takes_the_cheapest_of_the_best() -> None:
    scores = np.asarray([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, NAN]])
    costs = np.asarray([[1.0, 5.0], [1.0, 5.0], [1.0, 5.0], [1.0, 5.0]])
    best, paid = oracle(scores, costs)
    np.testing.assert_array_equal(best, [1.0, 1.0, 0.0, NAN])
    np.testing.assert_array_equal(paid, [1.0, 5.0, 1.0, NAN])

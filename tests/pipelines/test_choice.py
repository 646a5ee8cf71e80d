"""The choice rules that every strategy shares."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.choice import best, best_above, utility

SCORES = np.array([[0.2, 0.8], [0.5, 0.5], [0.3, 0.1]])


def test_the_best_is_chosen_and_of_equals_the_earlier() -> None:
    assert best(SCORES).tolist() == [1, 0, 0]


def test_below_the_threshold_nothing_is_chosen() -> None:
    assert best_above(SCORES, 0.5).tolist() == [1, 0, -1]


def test_cost_counts_as_a_share_of_the_dearest() -> None:
    found = utility(SCORES, np.array([1.0, 4.0]), 0.5)
    assert found[0].tolist() == pytest.approx([0.1 - 0.125, 0.4 - 0.5])


def test_free_candidates_differ_by_score_only() -> None:
    assert utility(SCORES, np.zeros(2), 0.5).tolist() == (SCORES * 0.5).tolist()


def test_with_all_weight_on_cost_the_cheapest_wins() -> None:
    assert best(utility(SCORES, np.array([1.0, 4.0]), 1.0)).tolist() == [0, 0, 0]

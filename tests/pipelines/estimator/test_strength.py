"""Bradley-Terry strengths by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.estimator.strength import expected_wins


def test_two_models_win_as_often_as_they_won() -> None:
    met = np.array([[[0.0, 4.0], [4.0, 0.0]]])
    chances = expected_wins(np.array([[3.0, 1.0]]), met)
    assert chances[0] == pytest.approx(np.array([[0.5, 0.75], [0.25, 0.5]]), abs=1e-4)


def test_models_that_never_met_are_compared_through_a_third() -> None:
    # The odds of a against b are 3, of b against c are 3, so those of a against c are 9.
    met = np.array([[[0.0, 4.0, 0.0], [4.0, 0.0, 4.0], [0.0, 4.0, 0.0]]])
    chances = expected_wins(np.array([[3.0, 4.0, 1.0]]), met)
    assert chances[0, 0, 2] == pytest.approx(0.9, abs=1e-2)


def test_leagues_are_rated_apart() -> None:
    met = np.tile(np.array([[0.0, 4.0], [4.0, 0.0]]), (2, 1, 1))
    chances = expected_wins(np.array([[3.0, 1.0], [1.0, 3.0]]), met)
    assert chances[:, 0, 1] == pytest.approx([0.75, 0.25], abs=1e-4)


def test_the_likeliest_chances_add_up_to_the_wins() -> None:
    met = np.array([[[0.0, 5.0, 2.0], [5.0, 0.0, 3.0], [2.0, 3.0, 0.0]]])
    wins = np.array([[4.0, 3.5, 2.5]])
    assert (met * expected_wins(wins, met)).sum(axis=2) == pytest.approx(wins, abs=1e-2)

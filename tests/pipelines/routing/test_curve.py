"""Cost-quality curves and their measures, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routing.curve import aiq, apgr, cost_at, cost_curve, cpt, hull, quality_at, strong_share_curve


def test_the_hull_leaves_out_what_mixing_beats() -> None:
    costs, heights = hull(np.array([1.0, 2.0, 3.0, 4.0, 2.5]), np.array([0.2, 0.3, 0.8, 0.7, 0.1]))
    assert costs.tolist() == [1.0, 3.0]
    assert heights.tolist() == [0.2, 0.8]


def test_the_hull_keeps_a_corner_above_the_line() -> None:
    costs, heights = hull(np.array([0.0, 1.0, 4.0]), np.array([0.0, 0.6, 1.0]))
    assert costs.tolist() == [0.0, 1.0, 4.0]
    assert heights.tolist() == [0.0, 0.6, 1.0]


def test_quality_and_cost_are_read_off_the_hull() -> None:
    corners = np.array([1.0, 3.0]), np.array([0.2, 0.8])
    assert quality_at(2.0, *corners) == pytest.approx(0.5)
    assert cost_at(0.5, *corners) == pytest.approx(2.0)
    assert np.isnan(quality_at(0.5, *corners))
    assert np.isnan(cost_at(0.9, *corners))


def test_aiq_is_the_mean_height_over_the_range() -> None:
    assert aiq(np.array([0.0, 1.0]), np.array([0.0, 1.0]), (0.0, 1.0)) == pytest.approx(0.5)
    assert aiq(np.array([0.0, 1.0]), np.array([0.0, 1.0]), (0.0, 2.0)) == pytest.approx(0.75)
    assert aiq(np.array([1.0]), np.array([0.4]), (1.0, 1.0)) == pytest.approx(0.4)


def test_the_curve_goes_from_the_best_prediction_to_the_cheapest_model() -> None:
    predicted = np.array([[0.9, 0.5], [0.6, 0.5]])
    costs = np.array([[10.0, 1.0], [10.0, 1.0]])
    score = np.array([[1.0, 0.0], [1.0, 1.0]])
    curve = cost_curve(predicted, costs, score, costs)
    assert curve.choices[0].tolist() == [0, 0]
    assert curve.choices[-1].tolist() == [1, 1]
    # Between the ends the question with the small gap goes to the cheap model first.
    assert (5.5, 1.0) in set(zip(curve.cost_usd.tolist(), curve.quality.tolist(), strict=True))


def test_a_perfect_preference_recovers_the_gap_at_once() -> None:
    weak, strong = np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 1.0, 1.0, 1.0])
    curve = strong_share_curve(np.array([2.0, 1.0, 0.0, -1.0]), weak, strong)
    assert curve.tolist() == [0.5, 0.75, 1.0, 1.0, 1.0]
    assert cpt(curve, 0.5) == 0.25
    assert cpt(curve, 1.0) == 0.5
    assert apgr(curve) == pytest.approx(0.75)


def test_equal_preferences_are_as_good_as_chance() -> None:
    rng = np.random.default_rng(0)
    weak, strong = rng.integers(2, size=500).astype(float), rng.integers(2, size=500).astype(float)
    assert apgr(strong_share_curve(np.zeros(500), weak, strong)) == pytest.approx(0.5)


def test_models_of_equal_worth_have_no_apgr() -> None:
    assert np.isnan(apgr(strong_share_curve(np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0]))))

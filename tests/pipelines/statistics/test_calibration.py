"""Calibration is worked out by hand on a few rows."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.calibration import brier, calibration_error, reliability

SURE = np.asarray([0.95, 0.95, 0.95, 0.95, 0.15, 0.15])
RIGHT = np.asarray([1.0, 1.0, 1.0, 0.0, 0.0, 1.0])


def test_the_error_is_the_weighted_gap_of_the_bins() -> None:
    # 4/6 * |0.75 - 0.95| + 2/6 * |0.5 - 0.15|.
    assert calibration_error(SURE, RIGHT).value == pytest.approx(0.25)


def test_a_bin_tells_its_rows_and_how_often_they_were_right() -> None:
    low, high = reliability(SURE, RIGHT)
    assert (low.lower, low.upper, low.n, low.accuracy) == (0.1, 0.2, 2, 0.5)
    assert (high.lower, high.upper, high.n, high.accuracy) == (0.9, 1.0, 4, 0.75)
    assert high.confidence == pytest.approx(0.95)
    assert high.low < 0.75 < high.high


def test_the_bounds_of_the_scale_have_a_bin() -> None:
    assert [found.lower for found in reliability(np.asarray([0.0, 1.0, 0.5]), np.ones(3))] == [0.0, 0.4, 0.9]


def test_a_calibrated_pipeline_has_almost_no_error() -> None:
    generator = np.random.default_rng(0)
    sure = generator.random(20_000)
    found = calibration_error(sure, (generator.random(20_000) < sure) * 1.0)
    assert found.value is not None and found.value < 0.02


def test_the_brier_score_is_the_mean_squared_gap() -> None:
    assert brier(np.asarray([0.8, 0.4]), np.asarray([1.0, 0.0])) == pytest.approx((0.04 + 0.16) / 2)


def test_rows_without_a_confidence_or_a_score_are_left_out() -> None:
    nan = float("nan")
    sure, right = np.asarray([0.95, nan, 0.5]), np.asarray([1.0, 1.0, nan])
    assert calibration_error(sure, right).n == 1
    assert brier(sure[1:], right[1:]) is None
    assert reliability(sure[1:], right[1:]) == ()
    assert calibration_error(sure[1:], right[1:]).value is None


def test_the_error_lies_in_its_interval() -> None:
    generator = np.random.default_rng(1)
    sure = generator.random(120)
    found = calibration_error(sure, (generator.random(120) < sure) * 1.0)
    assert found.low is not None and found.value is not None and found.high is not None
    assert 0.0 <= found.low < found.value < found.high

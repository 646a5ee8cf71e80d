"""Intervals over questions."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routing.resample import Resamples


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    values = np.random.default_rng(0).normal(0.5, 0.1, size=400)
    found = Resamples(np.arange(400), seed=1).figure(values)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * values.std() / 20, abs=0.002)
    assert found.high == pytest.approx(values.mean() + 1.96 * values.std() / 20, abs=0.002)


def test_equal_rows_of_a_group_do_not_narrow_the_interval() -> None:
    values = np.random.default_rng(0).integers(2, size=50).astype(float)
    alone = Resamples(np.arange(50), seed=1).figure(values)
    grouped = Resamples(np.repeat(np.arange(50), 10), seed=1).figure(np.repeat(values, 10))
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high))


def test_an_unknown_value_gives_no_figure() -> None:
    assert Resamples(np.arange(2), seed=0).figure(np.array([1.0, np.nan])).value is None

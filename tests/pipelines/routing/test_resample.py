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


def test_fewer_than_six_groups_have_no_interval() -> None:
    five = Resamples(np.repeat(np.arange(5), 40), seed=0).figure(np.ones(200))
    assert (five.value, five.low, five.high) == (1.0, None, None)
    assert Resamples(np.arange(6), seed=0).figure(np.arange(6.0)).low is not None


def test_the_interval_of_few_questions_covers_like_that_of_student() -> None:
    rng = np.random.default_rng(0)
    missed = 0
    for _ in range(400):
        found = Resamples(np.arange(8), seed=0).figure(rng.normal(0.5, 1.0, size=8))
        missed += not (found.low or 0.0) <= 0.5 <= (found.high or 0.0)
    # A plain percentile interval misses about 50 of 400.
    assert missed < 35


def test_a_draw_without_a_value_counts_as_it_is_told() -> None:
    values = np.concatenate([np.zeros(30), np.ones(30)])

    def above_half(means: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(means[0]) if means[0] >= 0.5 else float("nan")

    draws = Resamples(np.arange(60), seed=0)
    assert (draws.figure(values, above_half).low or 0.0) >= 0.5
    assert draws.figure(values, above_half, undefined=0.0).low == 0.0


def test_drawn_rows_come_in_whole_groups() -> None:
    groups = np.repeat(np.arange(4), 3)
    for rows in Resamples(groups, seed=0).rows(5):
        counts = np.bincount(rows, minlength=12).reshape(4, 3)
        assert counts.sum() == 12
        assert (counts == counts[:, :1]).all()

"""The bootstrap of a metric agrees with scipy, draws whole groups, and covers what it claims to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pipelines.statistics.bootstrap import BootstrapKind, Statistic, bootstrap_interval, cluster_weights


def mean_of(values: np.ndarray) -> Statistic:
    return lambda weights: weights @ values / weights.sum(axis=1)


SKEWED = np.random.default_rng(0).lognormal(0.0, 1.0, 60)


def test_bca_agrees_with_scipy() -> None:
    found = bootstrap_interval(mean_of(SKEWED), 60, kind="bca", resamples=9_999)
    expected = stats.bootstrap((SKEWED,), np.mean, method="BCa", rng=np.random.default_rng(1)).confidence_interval
    assert found.value == pytest.approx(SKEWED.mean())
    assert found.low == pytest.approx(expected.low, rel=0.03)
    assert found.high == pytest.approx(expected.high, rel=0.03)


def test_percentile_is_a_little_wider_than_scipys_as_it_should_be_for_60_rows() -> None:
    found = bootstrap_interval(mean_of(SKEWED), 60, resamples=9_999)
    expected = stats.bootstrap((SKEWED,), np.mean, method="percentile", rng=np.random.default_rng(1))
    ratio = ((found.high or 0) - (found.low or 0)) / np.ptp(expected.confidence_interval)
    assert 1.0 < ratio < 1.08


def test_every_resample_draws_as_many_groups_as_there_are() -> None:
    weights = np.concatenate(list(cluster_weights(7, 100, seed=0)))
    assert weights.shape == (100, 7)
    assert set(weights.sum(axis=1).tolist()) == {7.0}


def test_batches_draw_what_one_draw_would() -> None:
    whole = np.concatenate(list(cluster_weights(50, 200, seed=3)))
    parts = np.concatenate(list(cluster_weights(50, 200, seed=3, width=100_000)))
    assert len(parts) == 200
    assert parts.mean() == whole.mean() == 1.0


def test_rows_of_a_group_are_drawn_together() -> None:
    values = np.repeat([0.0, 1.0, 0.0, 1.0], 10)
    grouped = bootstrap_interval(mean_of(values), 40, clusters=np.repeat(np.arange(4), 10))
    assert (grouped.clusters, grouped.low, grouped.high) == (4, 0.0, 1.0)


def test_a_metric_without_rows_or_with_one_has_no_interval() -> None:
    assert bootstrap_interval(mean_of(np.zeros(0)), 0).value is None
    one = bootstrap_interval(mean_of(np.asarray([3.0])), 1)
    assert (one.value, one.low, one.high) == (3.0, None, None)


def test_an_undefined_metric_is_said_to_be_so() -> None:
    found = bootstrap_interval(lambda weights: np.full(len(weights), np.nan), 10)
    assert (found.value, found.method) == (None, "undefined")


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize(("kind", "n"), [("percentile", 15), ("percentile", 100), ("bca", 100)])
def test_intervals_cover_what_they_claim(kind: BootstrapKind, n: int, confidence: float) -> None:
    generator = np.random.default_rng(4)
    hits = 0
    for seed in range(1_200):
        values = generator.normal(0.0, 1.0, n)
        found = bootstrap_interval(mean_of(values), n, confidence=confidence, seed=seed, resamples=1_000, kind=kind)
        hits += (found.low or 0.0) <= 0.0 <= (found.high or 0.0)
    assert hits / 1_200 == pytest.approx(confidence, abs=0.035)

"""Ratios of sums and the token elasticity are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.ratio import ratio_interval, token_elasticity


def test_the_cost_of_a_success_counts_the_failures_too() -> None:
    found = ratio_interval(np.asarray([0.1, 0.1, 0.2, 0.2]), np.asarray([1.0, 0.0, 1.0, 0.0]))
    assert found.value == pytest.approx(0.3)


def test_nothing_that_succeeded_has_no_cost_of_a_success() -> None:
    found = ratio_interval(np.ones(3), np.zeros(3))
    assert (found.value, found.method) == (None, "undefined, as nothing succeeded")
    assert ratio_interval(np.zeros(0), np.zeros(0)).n == 0


@pytest.mark.parametrize("n", [150, 1_500])
def test_the_interval_covers_what_it_claims(n: int) -> None:
    generator = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        found = ratio_interval(generator.lognormal(0, 0.5, n), (generator.random(n) < 0.5).astype(np.float64))
        hits += (found.low or 0) <= np.exp(0.125) / 0.5 <= (found.high or 0)
    assert hits / 200 == pytest.approx(0.95, abs=0.035)


def test_half_more_tokens_for_a_quarter_more_accuracy_is_an_elasticity_of_a_half() -> None:
    base, better = np.asarray([1.0, 1.0, 0.0, 0.0] * 2), np.asarray([1.0, 1.0, 0.5, 0.0] * 2)
    found = token_elasticity(better, np.full(8, 150.0), base, np.full(8, 100.0), confidence=0.95, seed=0)
    assert found.value == pytest.approx(0.5)


def test_equal_tokens_have_no_elasticity() -> None:
    same = np.full(4, 100.0)
    assert token_elasticity(np.ones(4), same, np.full(4, 0.5), same, confidence=0.95, seed=0).value is None


def test_equal_rows_of_a_group_do_not_narrow_the_interval_of_an_elasticity() -> None:
    generator = np.random.default_rng(0)
    better, base = ((generator.random(30) < share).astype(np.float64) for share in (0.8, 0.5))
    tokens = [generator.uniform(100, 200, 30), generator.uniform(50, 90, 30)]
    alone = token_elasticity(better, tokens[0], base, tokens[1], confidence=0.95, seed=0)
    scores, first, others, second = (np.repeat(each, 10) for each in (better, tokens[0], base, tokens[1]))
    groups = np.repeat(np.arange(30), 10)
    grouped = token_elasticity(scores, first, others, second, groups, confidence=0.95, seed=0)
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high))

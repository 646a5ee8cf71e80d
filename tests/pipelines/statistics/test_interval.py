"""Intervals agree with published values and with scipy, and cover what they claim to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from pipelines.statistics.interval import (
    mean_interval,
    mean_variance,
    quantile,
    quantile_interval,
    student_interval,
    wilson,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_values_that_newcombe_published(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (3, 7), (50, 50), (999, 1_000)])
@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_wilson_agrees_with_statsmodels(successes: int, n: int, confidence: float) -> None:
    expected = proportion_confint(successes, n, alpha=1 - confidence, method="wilson")
    assert wilson(successes, n, confidence) == pytest.approx(expected, abs=1e-12)


def test_wilson_of_nothing_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_quantiles_are_those_of_the_tables() -> None:
    assert quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert quantile(0.95, 9) == pytest.approx(2.262157, abs=1e-6)


def test_scores_of_0_and_1_get_wilsons_interval() -> None:
    scores = np.asarray([1.0] * 81 + [0.0] * 182)
    found = mean_interval(scores)
    assert (found.value, found.n, found.method) == (81 / 263, 263, "Wilson score interval")
    assert (found.low, found.high) == wilson(81, 263)


def test_student_agrees_with_scipy() -> None:
    values = np.asarray([0.2, 0.5, 0.9, 0.4, 0.7])
    found = student_interval(values)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_the_variance_over_groups_is_that_of_a_hand_made_example() -> None:
    # Mean 0.5, residual sums of the three groups 1, -1, 0: 3 / 2 * (1 + 1 + 0) / 6² = 1 / 12.
    scores, codes = np.asarray([1.0, 1.0, 0.0, 0.0, 1.0, 0.0]), np.asarray([0, 0, 1, 1, 2, 2])
    assert mean_variance(scores, codes, 3) == pytest.approx(1 / 12)


def test_the_variance_over_groups_agrees_with_a_regression_with_clustered_errors() -> None:
    from statsmodels.regression.linear_model import OLS

    generator = np.random.default_rng(0)
    groups = generator.integers(0, 12, 90)
    values = generator.random(90) + groups * 0.1
    fit = OLS(values, np.ones(90)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    assert mean_variance(values, groups, 12) == pytest.approx(fit.bse[0] ** 2)


def test_groups_widen_the_interval() -> None:
    scores = np.repeat([1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0], 5)
    alone, grouped = mean_interval(scores), mean_interval(scores, np.repeat(np.arange(8), 5))
    assert grouped.clusters == 8
    assert alone.high is not None and alone.low is not None and grouped.high is not None and grouped.low is not None
    assert grouped.high - grouped.low > 1.8 * (alone.high - alone.low)


def test_groups_of_one_row_change_nothing() -> None:
    scores = np.asarray([1.0, 0.0, 1.0, 1.0])
    assert mean_interval(scores, np.arange(4)) == mean_interval(scores)


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
def test_rows_that_all_agree_still_leave_doubt_for_each_group(score: float) -> None:
    found = mean_interval(np.full(40, score), np.repeat(np.arange(4), 10))
    assert (found.value, found.low, found.high) == (score, *wilson(score * 4, 4))


@pytest.mark.parametrize("score", [0.0, 0.3, 1.0])
def test_one_row_has_a_wide_interval(score: float) -> None:
    found = mean_interval(np.asarray([score]))
    assert found.value == score
    assert found.low is not None and found.high is not None and found.high - found.low > 0.75


def test_rows_without_a_score_are_left_out() -> None:
    assert mean_interval(np.asarray([1.0, NAN, 0.0, NAN])) == mean_interval(np.asarray([1.0, 0.0]))
    assert mean_interval(np.asarray([NAN])).value is None
    assert mean_interval(np.asarray([])).n == 0


def test_one_group_has_no_t_interval() -> None:
    found = student_interval(np.asarray([0.2, 0.4]), np.asarray([0, 0]))
    assert (found.value, found.low, found.high) == (pytest.approx(0.3), None, None)


def test_the_median_lies_between_the_order_statistics_of_the_binomial() -> None:
    # n = 10: P(2 <= B < 9) = 0.9785, the textbook interval from the second to the ninth row.
    found = quantile_interval(np.arange(1.0, 11.0), 0.5)
    assert (found.value, found.low, found.high) == (5.5, 2.0, 9.0)


def test_the_95th_percentile_of_few_rows_has_no_upper_bound() -> None:
    assert quantile_interval(np.arange(1.0, 21.0), 0.95).high is None
    assert quantile_interval(np.arange(1.0, 201.0), 0.95).high is not None


@pytest.mark.parametrize(("share", "n"), [(0.5, 15), (0.95, 200)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_quantile_intervals_cover_at_least_what_they_claim(share: float, n: int, confidence: float) -> None:
    generator = np.random.default_rng(2)
    hits = 0
    for _ in range(600):
        found = quantile_interval(generator.random(n), share, confidence)
        hits += (found.low or 0.0) <= share <= (1.0 if found.high is None else found.high)
    assert hits / 600 >= confidence - 0.02


def _graded(generator: np.random.Generator) -> tuple[np.ndarray, None]:
    return np.where(generator.random(60) < 0.7, 1.0, generator.random(60)), None


def _small_graded(generator: np.random.Generator) -> tuple[np.ndarray, None]:
    return generator.beta(2.0, 2.0, 12), None


def _large(generator: np.random.Generator) -> tuple[np.ndarray, None]:
    return (generator.random(400) < 0.85) * 1.0, None


def _clustered(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    right = np.repeat(generator.beta(3.0, 0.6, 20), 5)
    return (generator.random(100) < right) * 1.0, np.repeat(np.arange(20), 5)


def _repeated(generator: np.random.Generator) -> tuple[np.ndarray, None]:
    return generator.binomial(3, generator.beta(1.0, 0.5, 50)) / 3, None


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize(
    ("draw", "truth"),
    [(_graded, 0.85), (_small_graded, 0.5), (_large, 0.85), (_clustered, 3 / 3.6), (_repeated, 1 / 1.5)],
)
def test_intervals_of_a_mean_cover_what_they_claim(draw: object, truth: float, confidence: float) -> None:
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(800):
        scores, clusters = draw(generator)  # type: ignore[operator]
        found = mean_interval(scores, clusters, confidence)
        hits += found.low <= truth <= found.high  # type: ignore[operator]
    assert hits / 800 == pytest.approx(confidence, abs=0.03)


def test_ignoring_the_groups_would_cover_far_less() -> None:
    generator = np.random.default_rng(4)
    hits = 0
    for _ in range(400):
        found = mean_interval(_clustered(generator)[0])
        hits += found.low <= 3 / 3.6 <= found.high  # type: ignore[operator]
    assert hits / 400 < 0.85

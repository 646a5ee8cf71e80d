"""Paired comparisons agree with published values and with scipy, and cover what they claim to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as reference

from pipelines.statistics.interval import codes_of
from pipelines.statistics.pair import agresti_min, bootstrap_difference, compare_pair, mcnemar, sign_flip, student_p

NAN = float("nan")


def test_mcnemar_is_the_binomial_test_of_the_discordant_pairs() -> None:
    # 2 * (1 + 10 + 45) / 2^10.
    assert mcnemar(8, 2) == pytest.approx(112 / 1024)


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (1, 0), (5, 5), (6, 5), (86, 150), (0, 40)])
def test_mcnemar_agrees_with_statsmodels(wins: int, losses: int) -> None:
    assert mcnemar(wins, losses) == pytest.approx(reference([[0, wins], [losses, 0]], exact=True).pvalue)


def test_agresti_and_min_is_worked_out_by_hand() -> None:
    # Ratings of a prime minister (Agresti): 1,600 people, 86 up and 150 down; cells with half a row more.
    found = agresti_min(86, 150, 1_600)
    half = 1.959964 * np.sqrt(237 - 64**2 / 1602) / 1602
    assert found.value == -64 / 1_600
    assert (found.low, found.high) == (pytest.approx(-64 / 1602 - half), pytest.approx(-64 / 1602 + half))


def test_scores_of_0_and_1_are_compared_exactly() -> None:
    first = np.asarray([1.0] * 4 + [0.0] * 8 + [1.0] * 88)
    second = np.asarray([0.0] * 2 + [1.0] * 10 + [1.0] * 88)
    found = compare_pair(first, second)
    assert (found.wins, found.losses, found.ties, found.is_binary) == (8, 2, 90, True)
    assert (found.difference.value, found.p_value) == (0.06, pytest.approx(112 / 1024))
    assert found.test == "McNemar's exact test"


def test_only_examples_that_both_have_count() -> None:
    first, second = np.asarray([1.0, NAN, 0.0, 1.0]), np.asarray([0.0, 1.0, NAN, 1.0])
    found = compare_pair(first, second)
    assert (found.difference.n, found.losses, found.ties) == (2, 1, 1)


def test_pipelines_without_a_common_example_have_no_difference() -> None:
    found = compare_pair(np.asarray([1.0, NAN]), np.asarray([NAN, 1.0]))
    assert (found.difference.value, found.p_value, found.difference.n) == (None, None, 0)


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
def test_equal_pipelines_have_no_difference_and_still_some_doubt(score: float) -> None:
    scores = np.full(12, score)
    found = compare_pair(scores, scores)
    assert (found.difference.value, found.p_value, found.ties) == (0.0, 1.0, 12)
    assert found.difference.high == pytest.approx(1.959964 / 14)


def test_one_example_leaves_everything_open() -> None:
    found = compare_pair(np.asarray([0.0]), np.asarray([1.0]))
    assert found.p_value == 1.0
    assert found.difference.low is not None and found.difference.low < 0


def test_one_graded_example_has_no_interval() -> None:
    found = compare_pair(np.asarray([0.25]), np.asarray([0.5]))
    assert (found.difference.value, found.difference.low, found.p_value) == (0.25, None, 1.0)


def test_the_permutation_test_counts_all_sign_flips_of_few_examples() -> None:
    # Of the 8 sign flips of 0.1, 0.2, 0.3 two reach a sum of 0.6.
    change = np.asarray([0.1, 0.2, 0.3])
    assert sign_flip(change, *codes_of(None, None, 3))[0] == 0.25


def test_the_permutation_test_agrees_with_scipy() -> None:
    generator = np.random.default_rng(5)
    first, second = generator.random(40), generator.random(40) + 0.1
    expected = stats.permutation_test(
        (second - first,), np.mean, permutation_type="samples", n_resamples=9_999, rng=np.random.default_rng(0)
    ).pvalue
    assert sign_flip(second - first, *codes_of(None, None, 40))[0] == pytest.approx(expected, abs=0.02)


def test_the_t_test_agrees_with_scipy() -> None:
    generator = np.random.default_rng(6)
    first, second = generator.random(50), generator.random(50)
    expected = stats.ttest_rel(second, first).pvalue
    assert student_p(second - first, *codes_of(None, None, 50))[0] == pytest.approx(expected)


def test_many_examples_give_the_same_by_bootstrap_and_by_t() -> None:
    generator = np.random.default_rng(7)
    first = generator.random(900)
    second = np.clip(first + generator.normal(0.02, 0.1, 900), 0, 1)
    booted, student = compare_pair(first, second), compare_pair(first, second, most_resampled=10)
    assert "bootstrap" in booted.difference.method and "t interval" in student.difference.method
    assert booted.difference.low == pytest.approx(student.difference.low, abs=5e-4)
    assert booted.difference.high == pytest.approx(student.difference.high, abs=5e-4)


def test_the_bootstrap_agrees_with_scipy() -> None:
    change = np.random.default_rng(8).normal(0.05, 0.3, 200)
    found = bootstrap_difference(change, *codes_of(None, None, 200))
    expected = stats.bootstrap((change,), np.mean, method="percentile", rng=np.random.default_rng(0))
    assert found.low == pytest.approx(expected.confidence_interval.low, abs=0.004)
    assert found.high == pytest.approx(expected.confidence_interval.high, abs=0.004)


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    change = np.random.default_rng(9).normal(0, 0.3, 50)
    codes = codes_of(None, None, 50)
    assert bootstrap_difference(change, *codes, seed=1) == bootstrap_difference(change, *codes, seed=1)
    assert bootstrap_difference(change, *codes, seed=1) != bootstrap_difference(change, *codes, seed=2)


def test_swapping_the_two_turns_the_sign() -> None:
    generator = np.random.default_rng(10)
    first, second = (generator.random(80) < 0.6) * 1.0, (generator.random(80) < 0.7) * 1.0
    there, back = compare_pair(first, second), compare_pair(second, first)
    assert there.difference.value == -(back.difference.value or 0.0)
    assert (there.difference.low, there.p_value) == (pytest.approx(-(back.difference.high or 0.0)), back.p_value)


def _binary(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, None, float]:
    first = (generator.random(60) < 0.6) * 1.0
    return first, np.where(generator.random(60) < 0.5, first, generator.random(60) < 0.8), None, 0.5 * 0.2


def _graded(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, None, float]:
    first = generator.random(40)
    return first, first + generator.normal(0.1, 0.3, 40), None, 0.1


def _clustered(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    shift = np.repeat(generator.normal(0.0, 0.2, 25), 4)
    first = generator.random(100)
    return first, first + shift + generator.normal(0, 0.1, 100), np.repeat(np.arange(25), 4), 0.0


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize("draw", [_binary, _graded, _clustered])
def test_intervals_of_a_difference_cover_what_they_claim(draw: object, confidence: float) -> None:
    generator = np.random.default_rng(11)
    hits = 0
    for _ in range(500):
        first, second, clusters, truth = draw(generator)  # type: ignore[operator]
        found = compare_pair(first, second, clusters, confidence=confidence).difference
        hits += found.low <= truth <= found.high  # type: ignore[operator]
    assert hits / 500 == pytest.approx(confidence, abs=0.035)


def test_tests_cry_wolf_no_more_often_than_they_claim() -> None:
    generator = np.random.default_rng(12)
    false = {"binary": 0, "clustered": 0}
    for _ in range(500):
        first, second = (generator.random(60) < 0.7) * 1.0, (generator.random(60) < 0.7) * 1.0
        false["binary"] += (compare_pair(first, second).p_value or 0.0) <= 0.05
        first, second, clusters, _ = _clustered(generator)
        false["clustered"] += (compare_pair(first, second, clusters).p_value or 0.0) <= 0.05
    assert max(false.values()) / 500 <= 0.075

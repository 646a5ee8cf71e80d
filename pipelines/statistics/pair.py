"""Two pipelines on the same examples: the difference with its interval, and whether it could be chance."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from pipelines.experiment.results import Floats, Ints
from pipelines.statistics.bootstrap import RESAMPLES, cluster_weights, widened
from pipelines.statistics.interval import NOTHING, Spread, codes_of, mean_variance, quantile

MOST_RESAMPLED: Final = 1_000
MOST_FLIPPED: Final = 300
"""Groups up to which differences are resampled and signs flipped; above, Student's t agrees and takes no time."""
FLIPS: Final = 9_999
MOST_ENUMERATED: Final = 12
TINY: Final = 1e-12


class PairTest(NamedTuple):
    """Is the outcome of a comparison: `difference` is the mean of second minus first where both have a score.

    Attributes:
        p_value: probability of a difference at least as large if the two were equally good, or None without rows.
        wins, losses, ties: examples where the second is better, worse, equal.
        deviation: standard deviation of the differences, and `design` their design effect by groups, at least 1.
        is_binary: every score is 0 or 1, and every example stands alone.
    """

    difference: Spread
    p_value: float | None
    test: str
    wins: int
    losses: int
    ties: int
    deviation: float
    design: float
    is_binary: bool


def compare_pair(
    first: Floats,
    second: Floats,
    clusters: Ints | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
    most_resampled: int = MOST_RESAMPLED,
) -> PairTest:
    """Returns how the scores of two pipelines differ, compared on the examples that both have (NaN is left out).

    Scores of 0 and 1 without groups: McNemar's exact test and the interval of Agresti and Min. Anything else: the
    paired bootstrap and the sign-flip permutation test, in whole groups; Student's t where there are many groups.
    """
    both = ~(np.isnan(first) | np.isnan(second))
    change = second[both] - first[both]
    if not len(change):
        return PairTest(NOTHING, None, "no common rows", 0, 0, 0, 0.0, 1.0, False)
    codes, size = codes_of(clusters, both, len(change))
    wins, losses = int(np.count_nonzero(change > TINY)), int(np.count_nonzero(change < -TINY))
    binary = size == len(change) and _is_binary(first[both]) and _is_binary(second[both])
    if binary:
        spread: Spread = agresti_min(wins, losses, len(change), confidence)
        p_value, test = mcnemar(wins, losses), "McNemar's exact test"
    else:
        few = size <= most_resampled or float(np.ptp(change)) <= TINY
        spread = (bootstrap_difference if few else _student)(change, codes, size, confidence=confidence, seed=seed)
        p_value, test = (sign_flip if size <= min(MOST_FLIPPED, most_resampled) else student_p)(
            change, codes, size, seed=seed
        )
    deviation = float(change.std(ddof=1)) if len(change) > 1 else 0.0
    ties = len(change) - wins - losses
    return PairTest(spread, p_value, test, wins, losses, ties, deviation, _design(change, codes, size), binary)


def mcnemar(wins: int, losses: int) -> float:
    """Returns the two-sided p-value of McNemar's exact test; 1 where the two never disagree.

    Source: McNemar, 1947, Psychometrika 12, 153-157; exact: the binomial test of the discordant pairs.
    """
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5))) if wins + losses else 1.0


def agresti_min(wins: int, losses: int, n: int, confidence: float = 0.95) -> Spread:
    """Returns the difference of two paired shares with its interval: half a row is added to each of the four cells.

    Source: Agresti and Min, 2005, Simple improved confidence intervals for comparing matched proportions, Statistics
    in Medicine 24, 729-740. The difference itself is the plain one.
    """
    up, down, total = wins + 0.5, losses + 0.5, n + 2.0
    centre = (up - down) / total
    half = quantile(confidence) * math.sqrt((up + down) - (up - down) ** 2 / total) / total
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Spread((wins - losses) / n, low, high, n, n, "Agresti-Min interval for matched shares")


def bootstrap_difference(
    change: Floats, codes: Ints, n_clusters: int, *, confidence: float = 0.95, seed: int = 0
) -> Spread:
    """Returns the mean of paired differences with its expanded percentile bootstrap interval over whole groups."""
    value, n = float(change.mean()), len(change)
    if n_clusters < 2:
        return Spread(value, None, None, n, n_clusters, "one group: no interval")
    if float(np.ptp(change)) <= TINY:
        return _all_equal(value, n, n_clusters, confidence)
    sums = np.bincount(codes, weights=change, minlength=n_clusters)
    counts = np.bincount(codes, minlength=n_clusters).astype(np.float64)
    drawn = np.concatenate([(w @ sums) / (w @ counts) for w in cluster_weights(n_clusters, RESAMPLES, seed)])
    low, high = widened(drawn, n_clusters, confidence)
    return Spread(value, float(low), float(high), n, n_clusters, f"paired bootstrap, {RESAMPLES:,} resamples")


def sign_flip(change: Floats, codes: Ints, n_clusters: int, *, seed: int = 0) -> tuple[float, str]:
    """Returns the p-value of the sign-flip permutation test over groups, and its name; exact up to 12 groups.

    Source: Fisher, 1935, The design of experiments, section 21; (hits + 1) / (flips + 1) after Phipson and Smyth, 2010.
    """
    sums = np.bincount(codes, weights=change, minlength=n_clusters)
    sums = sums[np.abs(sums) > TINY]
    if not len(sums):
        return 1.0, "permutation test: no difference anywhere"
    seen = abs(float(sums.sum())) - TINY
    if len(sums) <= MOST_ENUMERATED:
        signs = ((np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))) & 1) * 2.0 - 1.0
        return float(np.mean(np.abs(signs @ sums) >= seen)), "paired permutation test, all sign flips"
    hits = np.count_nonzero(np.abs(_signs(n_clusters, seed)[:, : len(sums)] @ sums) >= seen)
    return (hits + 1) / (FLIPS + 1), f"paired permutation test, {FLIPS:,} sign flips"


def student_p(change: Floats, codes: Ints, n_clusters: int, *, seed: int = 0) -> tuple[float, str]:  # noqa: ARG001
    """Returns the p-value of the paired t test with the cluster-robust error, and its name."""
    from scipy.special import stdtr

    error = math.sqrt(mean_variance(change, codes, n_clusters))
    if n_clusters < 2 or error <= TINY:
        return (1.0 if abs(float(change.mean())) <= TINY else 0.0), "paired t test"
    return float(2 * stdtr(n_clusters - 1, -abs(float(change.mean())) / error)), "paired t test"


@lru_cache(maxsize=2)
def _signs(n_clusters: int, seed: int) -> Floats:
    flips = np.random.default_rng(seed).integers(0, 2, (FLIPS, n_clusters), dtype=np.int8)
    return np.asarray(flips * 2.0 - 1.0, dtype=np.float64)


def _student(
    change: Floats,
    codes: Ints,
    size: int,
    *,
    confidence: float = 0.95,
    seed: int = 0,  # noqa: ARG001
) -> Spread:
    value = float(change.mean())
    half = quantile(confidence, size - 1) * math.sqrt(mean_variance(change, codes, size))
    return Spread(value, value - half, value + half, len(change), size, "paired t interval")


def _all_equal(value: float, n: int, n_clusters: int, confidence: float) -> Spread:
    """Returns the interval where every difference is the same: as wide as if each group were one pair of 0 and 1."""
    lost = agresti_min(0, 0, n_clusters, confidence)
    half = (lost.high or 0.0) - (lost.value or 0.0)
    return Spread(value, max(-1.0, value - half), min(1.0, value + half), n, n_clusters, "all differences are equal")


def _design(change: Floats, codes: Ints, size: int) -> float:
    plain = mean_variance(change, np.arange(len(change), dtype=np.int64), len(change))
    return max(1.0, mean_variance(change, codes, size) / plain) if plain > TINY else len(change) / size


def _is_binary(values: Floats) -> bool:
    return bool(np.all((values == 0) | (values == 1)))

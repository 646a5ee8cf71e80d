"""Intervals of a mean: Wilson's score interval, also for graded scores and for rows that belong to groups."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.experiment.results import Floats, Ints

NARROWEST_VARIANCE: Final = 1e-15


class Spread(NamedTuple):
    """Is a value with its interval; `n` rows in `clusters` independent groups; None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    method: str


NOTHING: Final = Spread(None, None, None, 0, 0, "no rows")


def wilson(successes: float, n: float, confidence: float = 0.95, *, df: int | None = None) -> tuple[float, float]:
    """Returns the score interval of a share; `n` may be an effective size, `df` takes Student's t for the normal.

    Source: Wilson, 1927, Probable inference, JASA 22, 209-212; the same as R's `prop.test(correct = FALSE)`.
    """
    if n <= 0:
        return 0.0, 1.0
    z, share = quantile(confidence, df), successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(max(share * (1 - share), 0.0) / n + z * z / (4 * n * n))
    # Rounding must not push the bound past a share of 0 or 1.
    low = 0.0 if share <= 0 else max(0.0, centre - half)
    return low, 1.0 if share >= 1 else min(1.0, centre + half)


@lru_cache(maxsize=1_000)
def quantile(confidence: float, df: int | None = None) -> float:
    """Returns the two-sided quantile of the normal distribution, or of Student's t with `df` degrees of freedom."""
    from scipy.special import ndtri, stdtrit

    upper = (1 + confidence) / 2
    return float(ndtri(upper) if df is None else stdtrit(df, upper))


def codes_of(clusters: Ints | None, keep: NDArray[np.bool_] | None, n: int) -> tuple[Ints, int]:
    """Returns dense codes 0..k-1 of the clusters of the kept rows, and k; without clusters each row is its own."""
    if clusters is None:
        return np.arange(n, dtype=np.int64), n
    kept = clusters if keep is None else clusters[keep]
    names, codes = np.unique(kept, return_inverse=True)
    return codes.astype(np.int64), len(names)


def mean_variance(values: Floats, codes: Ints, n_clusters: int) -> float:
    """Returns the cluster-robust variance of the mean of `values` (n,), with the G / (G - 1) correction.

    Source: Miller, 2024, Adding error bars to evals, equation 4 (clustered standard errors), times G / (G - 1).
    """
    if n_clusters < 2:
        return 0.0
    residuals = np.bincount(codes, weights=values - values.mean(), minlength=n_clusters)
    return float(n_clusters / (n_clusters - 1) * np.sum(residuals**2) / len(values) ** 2)


def mean_interval(values: Floats, clusters: Ints | None = None, confidence: float = 0.95) -> Spread:
    """Returns the mean of scores in [0, 1] with its interval; NaN is left out.

    Independent scores of 0 and 1 get Wilson's interval. Others get it too, with the effective number of rows
    m (1 - m) / variance of the mean, which is how many independent rows of 0 and 1 would leave the same doubt, and with
    Student's t for the number of groups. Where all rows agree the spread is unknown and every group counts as one row.

    Source: Wilson, 1927; effective size after Korn and Graubard, 1998, Survey Methodology 24, 193-201 (with their t).
    """
    keep = ~np.isnan(values)
    values = values[keep]
    n = len(values)
    if n == 0:
        return NOTHING
    codes, size = codes_of(clusters, keep, n)
    mean = min(1.0, max(0.0, float(values.mean())))
    binary = bool(np.all((values == 0) | (values == 1)))
    if binary and size == n:
        return Spread(mean, *wilson(mean * n, n, confidence), n, n, "Wilson score interval")
    variance = mean_variance(values, codes, size)
    unknown = variance <= NARROWEST_VARIANCE or not 0 < mean < 1
    effective = float(size) if unknown else mean * (1 - mean) / variance
    effective = min(effective, float(n)) if binary else effective
    df = None if unknown else size - 1
    low, high = wilson(mean * effective, effective, confidence, df=df)
    over = f" over {size} groups" if size < n else ""
    return Spread(mean, low, high, n, size, f"Wilson score interval with the effective number of rows{over}")


def student_interval(values: Floats, clusters: Ints | None = None, confidence: float = 0.95) -> Spread:
    """Returns the mean of any numbers with the t interval of its cluster-robust error; NaN is left out.

    Source: Student's t with G - 1 degrees of freedom (Cameron and Miller, 2015, J. Human Resources 50, section VI).
    """
    keep = ~np.isnan(values)
    values = values[keep]
    n = len(values)
    if n == 0:
        return NOTHING
    codes, size = codes_of(clusters, keep, n)
    mean = float(values.mean())
    if size < 2:
        return Spread(mean, None, None, n, size, "one group: no interval")
    half = quantile(confidence, size - 1) * math.sqrt(mean_variance(values, codes, size))
    return Spread(mean, mean - half, mean + half, n, size, "Student's t interval")


def quantile_interval(values: Floats, share: float, confidence: float = 0.95) -> Spread:
    """Returns a quantile with the interval between two order statistics; a bound is None where n is too small for it.

    Source: distribution-free, from the binomial distribution of the rank: David and Nagaraja, 2003, Order statistics,
    section 7.1. The quantile itself interpolates between rows (Hyndman and Fan, 1996, type 7, as in numpy and R).
    """
    values = np.sort(values[~np.isnan(values)])
    n = len(values)
    if n == 0:
        return NOTHING
    low, high = _ranks(n, share, confidence)
    return Spread(
        float(np.quantile(values, share)),
        None if low < 1 else float(values[low - 1]),
        None if high > n else float(values[high - 1]),
        n,
        n,
        "order statistics",
    )


def _ranks(n: int, share: float, confidence: float) -> tuple[int, int]:
    """Returns the ranks from 1 whose rows enclose the quantile: 0 or n + 1 where no row does."""
    from scipy.special import bdtr

    tail = (1 - confidence) / 2
    below = bdtr(np.arange(n + 1, dtype=np.float64), n, share)
    # P(fewer than r rows lie below the quantile) = below[r - 1].
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1 - tail, side="left")) + 1
    return low, high

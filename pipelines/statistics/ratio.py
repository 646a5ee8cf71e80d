"""Ratios of two sums, such as money per success, with an interval over whole groups."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from pipelines.experiment.results import Floats, Ints
from pipelines.statistics.bootstrap import bootstrap_interval
from pipelines.statistics.interval import NOTHING, Spread, codes_of, quantile

MOST_RESAMPLED: Final = 1_000
RESAMPLES: Final = 1_000


def ratio_interval(
    top: Floats, bottom: Floats, clusters: Ints | None = None, *, confidence: float = 0.95, seed: int = 0
) -> Spread:
    """Returns sum(top) / sum(bottom) of rows without NaN; undefined where the lower sum is 0.

    Up to 1,000 groups by the bootstrap, above by the delta method.

    Source: Efron and Tibshirani, 1993; Cochran, 1977, Sampling techniques, section 6.3 (variance of a ratio).
    """
    known = ~(np.isnan(top) | np.isnan(bottom))
    n = int(known.sum())
    if not n:
        return NOTHING
    codes, size = codes_of(clusters, known, n)
    above = np.bincount(codes, weights=top[known], minlength=size)
    below = np.bincount(codes, weights=bottom[known], minlength=size)
    if below.sum() == 0:
        return Spread(None, None, None, n, size, "undefined, as nothing succeeded")

    def ratio(weights: Floats) -> Floats:
        lower = weights @ below
        found = np.full(len(lower), np.nan)
        np.divide(weights @ above, lower, out=found, where=lower > 0)
        return found

    if size <= MOST_RESAMPLED:
        spread = bootstrap_interval(ratio, size, confidence=confidence, seed=seed, resamples=RESAMPLES)
        return spread._replace(n=n)
    value = float(above.sum() / below.sum())
    error = math.sqrt(size / (size - 1) * float(np.sum((above - value * below) ** 2))) / float(below.sum())
    half = quantile(confidence, size - 1) * error
    return Spread(value, value - half, value + half, n, size, "delta method")


def token_elasticity(
    accuracy: Floats,
    tokens: Floats,
    base_accuracy: Floats,
    base_tokens: Floats,
    clusters: Ints | None = None,
    *,
    confidence: float,
    seed: int,
) -> Spread:
    """Returns how many percent of accuracy one percent more tokens buys, against a base, on the examples both have.

    Source: TEP of EllieSQL (Zhu et al., 2025), section 4.1.
    """
    columns = np.stack([accuracy, tokens, base_accuracy, base_tokens], axis=1)
    known = ~np.isnan(columns).any(axis=1)
    columns = columns[known]
    n = len(columns)
    if not n:
        return NOTHING

    def elasticity(weights: Floats) -> Floats:
        mean = weights @ columns / weights.sum(axis=1, keepdims=True)
        found = np.full(len(mean), np.nan)
        growth = (mean[:, 1] - mean[:, 3]) * mean[:, 2]
        np.divide((mean[:, 0] - mean[:, 2]) * mean[:, 3], growth, out=found, where=np.abs(growth) > 1e-12)
        return found

    if n <= MOST_RESAMPLED:
        groups = None if clusters is None else clusters[known]
        return bootstrap_interval(elasticity, n, clusters=groups, confidence=confidence, seed=seed, resamples=RESAMPLES)
    value = float(elasticity(np.ones((1, n)))[0])
    shown = None if math.isnan(value) else value
    return Spread(shown, None, None, n, n, "too many rows for a bootstrap: no interval")

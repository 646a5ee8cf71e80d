"""Whether a stated confidence is the share of right answers: reliability bins, calibration error, Brier score."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipelines.experiment.results import Floats, Ints
from pipelines.record import Record
from pipelines.statistics.bootstrap import bootstrap_interval
from pipelines.statistics.interval import NOTHING, Spread, mean_interval
from pipelines.value import Probability

BINS: Final = 10


class ReliabilityBin(Record):
    """Is the rows whose confidence lies between two bounds, the upper one included."""

    lower: Probability
    upper: Probability
    n: int
    confidence: Probability
    accuracy: Probability
    low: Probability
    high: Probability


def reliability(
    confidences: Floats, scores: Floats, clusters: Ints | None = None, *, bins: int = BINS, confidence: float = 0.95
) -> tuple[ReliabilityBin, ...]:
    """Returns the bins that have rows: mean confidence, mean score, and the interval of that score."""
    known, places = _binned(confidences, scores, bins)
    found = []
    for place in np.unique(places):
        rows = known[places == place]
        spread = mean_interval(scores[rows], None if clusters is None else clusters[rows], confidence)
        found.append(
            ReliabilityBin(
                lower=int(place) / bins,
                upper=(int(place) + 1) / bins,
                n=len(rows),
                confidence=float(confidences[rows].mean()),
                accuracy=spread.value or 0.0,
                low=spread.low or 0.0,
                high=1.0 if spread.high is None else spread.high,
            )
        )
    return tuple(found)


def calibration_error(
    confidences: Floats,
    scores: Floats,
    clusters: Ints | None = None,
    *,
    bins: int = BINS,
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 500,
) -> Spread:
    """Returns the expected calibration error with a bootstrap interval: sum of n_b / n |accuracy_b - confidence_b|.

    Resampling adds noise to each bin and so makes the error larger; only its spread is taken from the resamples.

    Source: Naeini, Cooper and Hauskrecht, 2015, AAAI, 2901-2907; equal-width bins as in Guo et al., 2017, ICML.
    """
    known, places = _binned(confidences, scores, bins)
    if not len(known):
        return NOTHING
    gaps = np.zeros((len(known), bins))
    gaps[np.arange(len(known)), places] = scores[known] - confidences[known]

    def error(weights: Floats) -> Floats:
        return np.asarray(np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1), dtype=np.float64)

    groups = None if clusters is None else clusters[known]
    spread = bootstrap_interval(
        error,
        len(known),
        clusters=groups,
        confidence=confidence,
        seed=seed,
        resamples=_affordable(len(known), resamples),
        kind="normal",
    )
    if spread.low is None or spread.high is None:
        return spread
    return spread._replace(low=max(0.0, spread.low), high=min(1.0, spread.high))


def brier(confidences: Floats, scores: Floats) -> float | None:
    """Returns the mean squared gap between confidence and score, 0 is perfect; None without rows.

    Source: Brier, 1950, Monthly Weather Review 78, 1-3.
    """
    known = ~(np.isnan(confidences) | np.isnan(scores))
    return float(np.mean((confidences[known] - scores[known]) ** 2)) if known.any() else None


def _binned(confidences: Floats, scores: Floats, bins: int) -> tuple[Ints, Ints]:
    known = np.flatnonzero(~(np.isnan(confidences) | np.isnan(scores)))
    places = np.clip(np.ceil(confidences[known] * bins) - 1, 0, bins - 1).astype(np.int64)
    return known.astype(np.int64), places


def _affordable(n: int, resamples: int) -> int:
    """Returns fewer resamples where there are so many rows that the interval is narrow anyway."""
    return int(np.clip(1_000_000 // max(1, n), 100, resamples))

"""Whether a judge agrees with people beyond chance: Cohen's kappa."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from pipelines.experiment.results import Floats, Ints
from pipelines.statistics.interval import NOTHING, Spread, quantile

TINY: Final = 1e-9
Weighting = Literal["none", "linear", "quadratic"]


def kappa(
    judge: Ints, person: Ints, n_levels: int, *, weighting: Weighting = "none", confidence: float = 0.95
) -> Spread:
    """Returns Cohen's kappa of two raters with its large-sample interval; None where both only ever gave one level.

    Args:
        judge: level of each row, from 0 to `n_levels` - 1; `person` likewise.
        person: as `judge`.
        n_levels: how many levels there are, at least 2.
        weighting: how much a near miss counts, for ordered levels.
        confidence: of the interval.

    Source: Cohen, 1960, Educational and Psychological Measurement 20, 37-46; weights and standard error: Fleiss, Cohen
    and Everitt, 1969, Psychological Bulletin 72, 323-327.
    """
    n = len(judge)
    if n == 0:
        return NOTHING
    table = np.bincount(judge * n_levels + person, minlength=n_levels**2).reshape(n_levels, n_levels)
    by_judge, by_person = table.sum(axis=1), table.sum(axis=0)
    if by_judge.max() == n and by_person.max() == n and by_judge.argmax() == by_person.argmax():
        return Spread(None, None, None, n, n, "both gave one level only: kappa is undefined")
    if max(by_judge.max(), by_person.max()) == n:
        return Spread(0.0, None, None, n, n, "one of the two gave one level only: no better than chance")
    from statsmodels.stats.inter_rater import cohens_kappa

    used = np.flatnonzero(by_judge + by_person)
    weights = None if weighting == "none" else _distances(used, n_levels, 1 if weighting == "linear" else 2)
    # Where the two agree on everything, rounding makes the variance a little less than 0.
    with np.errstate(invalid="ignore"):
        found = cohens_kappa(table[np.ix_(used, used)], weights=weights)
    value, half = float(found.kappa), quantile(confidence) * float(found.std_kappa)
    if not half > TINY:
        return Spread(value, None, None, n, n, "the two agree on everything: no interval")
    name = "Cohen's kappa" if weights is None else f"Cohen's kappa, {weighting} weights"
    return Spread(value, max(-1.0, value - half), min(1.0, value + half), n, n, name)


def levels(scores: Floats, n_levels: int = 2) -> Ints:
    """Returns the level of each score in [0, 1]: equal steps, so that two levels part at 0.5."""
    return np.clip(np.floor(scores * n_levels), 0, n_levels - 1).astype(np.int64)


def _distances(used: Ints, n_levels: int, power: int) -> Floats:
    apart = np.abs(used[:, None] - used[None, :]) / max(1, n_levels - 1)
    return np.asarray(apart**power, dtype=np.float64)

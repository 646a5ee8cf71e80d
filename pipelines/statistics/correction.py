"""Correction of p-values where many pairs are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from pipelines.experiment.results import Floats

Correction = Literal["holm", "benjamini_hochberg", "none"]


def corrected(p_values: Sequence[float | None], correction: Correction = "holm") -> tuple[float | None, ...]:
    """Returns adjusted p-values in the same order; None stays None and is not counted.

    Written out, as importing statsmodels for it takes seconds; the same as its `multipletests` and R's `p.adjust`.

    Source: Holm, 1979, Scandinavian Journal of Statistics 6, 65-70 (no false claim among all pairs); Benjamini and
    Hochberg, 1995, JRSS B 57, 289-300 (few false claims among those made).
    """
    known = np.asarray([p for p in p_values if p is not None], dtype=np.float64)
    if correction == "none" or not len(known):
        return tuple(p_values)
    order = np.argsort(known, kind="stable")
    adjusted = np.empty_like(known)
    adjusted[order] = (_holm if correction == "holm" else _benjamini_hochberg)(known[order])
    found = iter(np.minimum(adjusted, 1.0).tolist())
    return tuple(None if p is None else float(next(found)) for p in p_values)


def _holm(rising: Floats) -> Floats:
    return np.maximum.accumulate(rising * np.arange(len(rising), 0, -1))


def _benjamini_hochberg(rising: Floats) -> Floats:
    scaled = rising * len(rising) / np.arange(1, len(rising) + 1)
    return np.minimum.accumulate(scaled[::-1])[::-1]

"""Correction of p-values where many pairs are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

Correction = Literal["holm", "benjamini_hochberg", "none"]
METHODS: Final = {"holm": "holm", "benjamini_hochberg": "fdr_bh"}
"""What statsmodels calls them."""


def corrected(p_values: Sequence[float | None], correction: Correction = "holm") -> tuple[float | None, ...]:
    """Returns adjusted p-values in the same order; None stays None and is not counted.

    Source: Holm, 1979, Scandinavian Journal of Statistics 6, 65-70 (no false claim among all pairs); Benjamini and
    Hochberg, 1995, JRSS B 57, 289-300 (few false claims among those made). The same as R's `p.adjust`.
    """
    known = [p for p in p_values if p is not None]
    if correction == "none" or not known:
        return tuple(p_values)
    from statsmodels.stats.multitest import multipletests

    adjusted = iter(multipletests(np.asarray(known), method=METHODS[correction])[1].tolist())
    return tuple(None if p is None else float(next(adjusted)) for p in p_values)

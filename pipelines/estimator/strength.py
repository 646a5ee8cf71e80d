"""Bradley-Terry strengths of all models, for many weighings of the battles at once."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS: Final = 60
CLOSE: Final = 1e-4


def expected_wins(wins: Floats, met: Floats) -> Floats:
    """Returns how likely each model beats each other one, an array (n, n_models, n_models) with 1/2 on the diagonal.

    Args:
        wins: array (n, n_models): weight of the battles a model won, ties half; n separate leagues.
        met: array (n, n_models, n_models), symmetric, zero diagonal: weight of the battles of each pair; the pairs
            must hang together, which a small weight for every pair ensures.

    Source: Bradley and Terry 1952; the maximum likelihood by the MM algorithm of Hunter 2004, equation 3.
    """
    strength = np.ones_like(wins)
    for _ in range(ROUNDS):
        pairs = strength[:, :, None] + strength[:, None, :]
        fresh = wins / np.maximum((met / pairs).sum(axis=2), 1e-12)
        fresh /= np.maximum(np.exp(np.log(np.maximum(fresh, 1e-12)).mean(axis=1, keepdims=True)), 1e-12)
        moved = float(np.abs(np.log(np.maximum(fresh, 1e-12)) - np.log(np.maximum(strength, 1e-12))).max(initial=0.0))
        strength = fresh
        if moved < CLOSE:
            break
    return np.asarray(strength[:, :, None] / (strength[:, :, None] + strength[:, None, :]), dtype=np.float64)

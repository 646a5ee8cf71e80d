"""Makes one ranking of several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RANK_CONSTANT = 60


def reciprocal_rank(scores: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Returns fused scores (n_pieces,) of several score arrays of that shape: the sum of 1 / (60 + rank), rank from 1.

    A piece with a score of 0 or less in one array gets nothing from it: it was not found there.

    Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
    Methods" (2009).
    """
    fused = np.zeros_like(scores[0], dtype=np.float32)
    for one in scores:
        order = np.argsort(-one, kind="stable")
        ranks = np.empty(len(one), dtype=np.float32)
        ranks[order] = np.arange(1, len(one) + 1)
        fused += np.where(one > 0, 1.0 / (RANK_CONSTANT + ranks), 0.0).astype(np.float32)
    return fused

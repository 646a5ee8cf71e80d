"""From scores to choices: the same few rules for every strategy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.strategy import Scores

Choices = NDArray[np.intp]
"""An array (n_queries,) of candidate numbers."""

NONE = -1


def best(scores: Scores) -> Choices:
    """Returns the candidate with the highest score for each query; of equals the earlier one."""
    return np.asarray(np.argmax(scores, axis=1), dtype=np.intp)


def best_above(scores: Scores, threshold: float) -> Choices:
    """Returns the best candidate where its score reaches the threshold, else -1."""
    chosen = best(scores)
    reached = np.take_along_axis(scores, chosen[:, None], axis=1)[:, 0] >= threshold
    return np.asarray(np.where(reached, chosen, NONE), dtype=np.intp)


def utility(scores: Scores, costs: NDArray[np.float64], cost_weight: float) -> Scores:
    """Returns (1 - w) * score - w * cost, the cost as a share of the dearest candidate's.

    Args:
        scores: array (n_queries, n_candidates).
        costs: array (n_candidates,) or (n_queries, n_candidates), not negative, of any unit.
        cost_weight: w, between 0 (only the score counts) and 1 (only the cost counts).

    Source: the trade-off of CARROT, (1 - mu) * quality - mu * cost, with costs scaled to 1.
    """
    dearest = float(costs.max(initial=0.0))
    share = costs / dearest if dearest > 0 else np.zeros_like(costs)
    return np.asarray((1.0 - cost_weight) * scores - cost_weight * share, dtype=np.float64)

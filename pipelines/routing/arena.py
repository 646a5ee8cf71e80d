"""RouterArena's score: accuracy and cost of a router in one number."""

from __future__ import annotations

from math import log2
from typing import Final

CHEAPEST_USD: Final = 0.0044
DEAREST_USD: Final = 200.0
"""What 1,000 questions cost at least and at most; beyond them money neither adds nor takes."""

WEIGHT: Final = 0.1


def arena_score(accuracy: float, cost_usd: float) -> float:
    """Returns (1 + b) A C / (b A + C), the weighted harmonic mean of accuracy A and cheapness C, between 0 and 1.

    Args:
        accuracy: A, between 0 and 1.
        cost_usd: c, mean of a question; C = (log2 200 - log2 1000 c) / (log2 200 - log2 0.0044).

    Source: RouterArena, compute_scores.py, with b = 0.1; costs beyond the bounds count as the bounds.
    """
    per_thousand = min(max(1_000 * cost_usd, CHEAPEST_USD), DEAREST_USD)
    cheapness = (log2(DEAREST_USD) - log2(per_thousand)) / (log2(DEAREST_USD) - log2(CHEAPEST_USD))
    below = WEIGHT * accuracy + cheapness
    return (1 + WEIGHT) * accuracy * cheapness / below if below > 0 else 0.0

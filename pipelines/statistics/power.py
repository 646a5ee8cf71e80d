"""How small a difference this many rows can show, and how many rows a difference needs."""

from __future__ import annotations

import math
from typing import Final

from pipelines.statistics.interval import quantile

POWER: Final = 0.8
MOST_ROWS: Final = 10_000_000
LARGEST: Final = 1.0


def detectable_difference(
    n: int, discordance: float, *, confidence: float = 0.95, power: float = POWER, design: float = 1.0
) -> float | None:
    """Returns the smallest paired difference of 0/1 scores that `n` rows show with this power; None if none in [0, 1].

    Args:
        n: rows that both have.
        discordance: share of rows on which the two disagree.
        confidence: 1 minus the two-sided level of the test.
        power: chance to see a difference of that size.
        design: design effect of the groups; `n` rows count as n / design.

    Source: Connor, 1987, Sample size for testing differences in proportions for the paired-sample design, Biometrics
    43, 207-211. A difference cannot exceed the discordance, so a larger one is tried with as much discordance.
    """
    if n < 1 or _rows(LARGEST, discordance, confidence, power) * design > n:
        return None
    low, high = 0.0, LARGEST
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if _rows(middle, discordance, confidence, power) * design <= n else (middle, high)
    return high


def rows_needed(
    difference: float, discordance: float, *, confidence: float = 0.95, power: float = POWER, design: float = 1.0
) -> int | None:
    """Returns how many rows show this paired difference of 0/1 scores with this power; None for no difference.

    Source: Connor, 1987, equation 3.
    """
    if difference == 0:
        return None
    rows = math.ceil(_rows(abs(difference), discordance, confidence, power) * design)
    return rows if rows <= MOST_ROWS else None


def detectable_graded(
    n: int, deviation: float, *, confidence: float = 0.95, power: float = POWER, design: float = 1.0
) -> float | None:
    """Returns the smallest mean difference of graded scores that `n` rows show; None without rows or spread.

    Source: the paired z test, e.g. Miller, 2024, Adding error bars to evals, section 5 (power analysis).
    """
    if n < 2 or deviation <= 0:
        return None
    found = (quantile(confidence) + _z(power)) * deviation * math.sqrt(design / n)
    return found if found <= LARGEST else None


def graded_rows_needed(
    difference: float, deviation: float, *, confidence: float = 0.95, power: float = POWER, design: float = 1.0
) -> int | None:
    """Returns how many rows show this mean difference of graded scores; None for no difference.

    Source: as `detectable_graded`, solved for the rows.
    """
    if difference == 0:
        return None
    rows = math.ceil(((quantile(confidence) + _z(power)) * deviation / difference) ** 2 * design)
    return max(2, rows) if rows <= MOST_ROWS else None


def _rows(difference: float, discordance: float, confidence: float, power: float) -> float:
    if difference <= 0:
        return math.inf
    apart = min(1.0, max(discordance, difference))
    root = quantile(confidence) * math.sqrt(apart) + _z(power) * math.sqrt(max(0.0, apart - difference**2))
    return float((root / difference) ** 2)


def _z(power: float) -> float:
    return quantile(2 * power - 1)

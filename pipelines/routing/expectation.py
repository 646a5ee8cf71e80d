"""Says in a line what a trained router expects of the chosen candidate and of the next one, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.routing.objective import Objective

DIGITS = 2


def expectation(
    title: str,
    names: Sequence[str],
    scores: NDArray[np.float64],
    costs: NDArray[np.float64],
    worth: NDArray[np.float64],
    chosen: int,
    aim: Objective,
) -> str:
    """Returns what is expected of the chosen one and of the one that comes next by the rule, and the rule.

    Args:
        title: of the strategy.
        names: of the candidates.
        scores: expected scores, an array (n_candidates,), as the other two.
        costs: expected costs in USD, NaN where unknown.
        worth: by what the candidates are ordered; -inf is out of the question.
        chosen: place of the chosen one.
        aim: the rule.
    """

    def told(place: int) -> str:
        cost = "" if np.isnan(costs[place]) else f" for {dollars(float(costs[place]))}"
        return f"{names[place]} {scores[place]:.2f}{cost}"

    others = [int(place) for place in np.lexsort((-scores, -worth)) if place != chosen]
    after = f"; else {told(others[0])}" if others else ""
    wanted = "" if aim.rule == "score" else f"; wanted is {aim.told}"
    return f"{title.lower()} expects {told(chosen)}{after}{wanted}"


def dollars(amount_usd: float) -> str:
    """Returns an amount with two digits that count and without an exponent: $0.000032."""
    shown = np.format_float_positional(amount_usd, precision=DIGITS, unique=False, fractional=False, trim="-")
    return f"${shown}"

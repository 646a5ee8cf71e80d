"""The cost-quality curve of a router: what every weight of cost buys, its hull and the area under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.choice import best
from pipelines.strategy import Scores

Floats = NDArray[np.float64]
Choices = NDArray[np.intp]
N_WEIGHTS = 60


@dataclass(frozen=True, slots=True)
class Curve:
    """Holds the points of a router, one for each weight of cost, from the dearest to the cheapest.

    Attributes:
        weight: lambda in score per USD; 0 looks at the score only.
        cost_usd: mean cost of a query at each weight.
        quality: mean score at each weight.
        choices: array (n_weights, n_queries) of model numbers.
    """

    weight: Floats
    cost_usd: Floats
    quality: Floats
    choices: NDArray[np.intp]


def cost_curve(predicted: Scores, predicted_cost_usd: Scores, score: Scores, cost_usd: Scores) -> Curve:
    """Returns what argmax(predicted score - lambda * predicted cost) really scores and costs, for many lambdas.

    Args:
        predicted: array (n_queries, n_models).
        predicted_cost_usd: array (n_queries, n_models), known before the call.
        score: what the models really scored, the same shape, no NaN.
        cost_usd: what they really cost.

    Source: the willingness-to-pay sweep of RouterBench (section 3), on a logarithmic grid that spans every change of
    choice, with both ends (score only, cost only).
    """
    rows = np.arange(len(score))
    weights = _grid(predicted, predicted_cost_usd)
    choices = np.stack([best(predicted - weight * predicted_cost_usd) for weight in weights[:-1]] or [])
    cheapest = np.asarray(np.argmin(predicted_cost_usd, axis=1), dtype=np.intp)
    choices = np.vstack([choices, cheapest[None, :]])
    return Curve(
        weight=weights,
        cost_usd=np.array([cost_usd[rows, chosen].mean() for chosen in choices]),
        quality=np.array([score[rows, chosen].mean() for chosen in choices]),
        choices=choices,
    )


def _grid(predicted: Scores, costs: Scores) -> Floats:
    """Returns the weights: 0, then from far below the first change of choice to beyond the last, then infinity."""
    gaps = predicted.max(axis=1, keepdims=True) - predicted
    savings = np.take_along_axis(costs, predicted.argmax(axis=1)[:, None], axis=1) - costs
    turning = gaps[savings > 0] / savings[savings > 0]
    turning = turning[turning > 0]
    if not len(turning):
        return np.array([0.0, np.inf])
    low, high = np.quantile(turning, 0.002), turning.max() * 1.01
    return np.concatenate([[0.0], np.geomspace(max(low, 1e-9), max(high, 2e-9), N_WEIGHTS), [np.inf]])


def hull(cost_usd: Floats, quality: Floats) -> tuple[Floats, Floats]:
    """Returns the corners of the non-decreasing upper convex hull: what mixing the points at random can reach.

    Source: RouterBench, section 3 (non-decreasing convex hull; the hull of the single models is its Zero router).
    """
    order = np.lexsort((-quality, cost_usd))
    corners: list[tuple[float, float]] = []
    for x, y in zip(cost_usd[order], quality[order], strict=True):
        if corners and (y <= corners[-1][1] or x == corners[-1][0]):
            continue
        while len(corners) >= 2 and _turns_up(corners[-2], corners[-1], (x, y)):
            corners.pop()
        corners.append((float(x), float(y)))
    found = np.array(corners)
    return found[:, 0], found[:, 1]


def _turns_up(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return bool((b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0]))


def quality_at(cost_usd: float, hull_cost_usd: Floats, hull_quality: Floats) -> float:
    """Returns the quality that the hull reaches at a mean cost; below its cheapest corner NaN."""
    if cost_usd < hull_cost_usd[0] * (1 - 1e-12):
        return float("nan")
    return float(np.interp(cost_usd, hull_cost_usd, hull_quality))


def cost_at(quality: float, hull_cost_usd: Floats, hull_quality: Floats) -> float:
    """Returns the mean cost at which the hull reaches a quality; NaN where it never does."""
    if quality > hull_quality[-1] + 1e-12:
        return float("nan")
    return float(np.interp(quality, hull_quality, hull_cost_usd))


def aiq(hull_cost_usd: Floats, hull_quality: Floats, costs_usd: tuple[float, float]) -> float:
    """Returns the average improvement in quality: the mean height of the hull over a range of costs.

    The range should be common to all that are compared: left of its cheapest corner a hull counts as level too, so let
    it begin at the cheapest model, which every router can always take.

    Source: RouterBench, equation of AIQ: 1 / (c_max - c_min) * integral of the hull dc.
    """
    low, high = costs_usd
    if not high > low:
        return float(hull_quality[-1])
    inner = hull_cost_usd[(hull_cost_usd > low) & (hull_cost_usd < high)]
    at = np.concatenate([[low], inner, [high]])
    return float(np.trapezoid(np.interp(at, hull_cost_usd, hull_quality), at) / (high - low))


def strong_share_curve(preference: Floats, weak: Floats, strong: Floats) -> Floats:
    """Returns the mean score at every number of strong calls, an array (n_queries + 1,), asking by preference.

    Args:
        preference: array (n_queries,), higher rather asks the strong model.
        weak: what the weak model scored on each query.
        strong: what the strong model scored.

    Source: RouteLLM, section 3: quality against the share of calls to the strong model. Equal preferences share evenly.
    """
    order = np.argsort(-preference, kind="stable")
    gains = (strong - weak)[order]
    _, first, size = np.unique(-preference[order], return_index=True, return_counts=True)
    even = np.repeat(np.add.reduceat(gains, first) / size, size) if len(gains) else gains
    return np.asarray(np.concatenate([[0.0], np.cumsum(even)]) / max(1, len(gains)) + weak.mean(), dtype=np.float64)


def apgr(curve: Floats) -> float:
    """Returns the average performance gap recovered: mean over all strong shares of (r - weak) / (strong - weak).

    Source: RouteLLM, equation 7; here over every share instead of ten, by the trapezoid rule.
    """
    gap = curve[-1] - curve[0]
    if gap == 0:
        return float("nan")
    return float(np.trapezoid((curve - curve[0]) / gap, dx=1 / (len(curve) - 1)))


def cpt(curve: Floats, recovered: float) -> float:
    """Returns the call-performance threshold: the least share of strong calls that recovers so much of the gap.

    Source: RouteLLM, equation 6, CPT(x %).
    """
    goal = curve[0] + recovered * (curve[-1] - curve[0])
    reached = np.flatnonzero(curve >= goal - 1e-12)
    return float(reached[0] / (len(curve) - 1)) if len(reached) else float("nan")


def routed(scores: Scores, choices: Sequence[int] | Choices) -> Floats:
    """Returns what each query got from its chosen model, an array (n_queries,)."""
    return np.asarray(scores[np.arange(len(scores)), np.asarray(choices)], dtype=np.float64)

"""The references of the cost-accuracy plane: Pareto front, random mixes, oracle, accuracy at a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipelines.experiment.results import Floats, Ints


class Point(NamedTuple):
    """Is a place in the plane: what 1,000 questions cost, and the accuracy."""

    cost: float
    accuracy: float


def pareto_front(costs: Floats, accuracies: Floats) -> Ints:
    """Returns the places of the points that no other beats: none is as cheap and better, or cheaper and as good.

    They come from the cheapest to the dearest; of equal points all are kept; points with NaN never are.
    """
    known = np.flatnonzero(~(np.isnan(costs) | np.isnan(accuracies)))
    order = known[np.lexsort((-accuracies[known], costs[known]))]
    best, front = -np.inf, []
    last: tuple[float, float] | None = None
    for place in order.tolist():
        here = (float(costs[place]), float(accuracies[place]))
        if here[1] > best or here == last:
            front.append(place)
            best, last = here[1], here
    return np.asarray(front, dtype=np.int64)


def mix_hull(points: Sequence[Point]) -> tuple[Point, ...]:
    """Returns the corners of the non-decreasing upper hull: what a coin between two pipelines can reach at any cost.

    Source: RouterBench (Hu et al., 2024), section 3.2: interpolation and the zero router.
    """
    hull: list[Point] = []
    for point in sorted(points, key=lambda p: (p.cost, -p.accuracy)):
        if hull and point.accuracy <= hull[-1].accuracy:
            continue
        while len(hull) > 1 and _bends_up(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return tuple(hull)


def accuracy_at_budget(hull: Sequence[Point], cost: float) -> float | None:
    """Returns the accuracy that a mix along the hull reaches at most at this cost; None if nothing is that cheap."""
    if not hull or cost < hull[0].cost:
        return None
    return float(np.interp(cost, [p.cost for p in hull], [p.accuracy for p in hull]))


def average_accuracy(hull: Sequence[Point], low: float, high: float) -> float | None:
    """Returns the mean accuracy along the hull over all budgets from `low` to `high`: AIQ; None before its first point.

    Source: RouterBench (Hu et al., 2024), section 3.3: AIQ = 1 / (c_max - c_min) times the integral of the hull.
    """
    if not hull or low < hull[0].cost or high <= low:
        return None
    inside = [p.cost for p in hull if low < p.cost < high]
    costs = np.asarray([low, *inside, high])
    heights = np.interp(costs, [p.cost for p in hull], [p.accuracy for p in hull])
    return float(np.sum((heights[1:] + heights[:-1]) / 2 * np.diff(costs)) / (high - low))


def oracle(scores: Floats, costs: Floats) -> tuple[Floats, Floats]:
    """Returns score and cost (n_examples,) of the best pipeline for each example, the cheapest of equally good ones.

    Examples that some pipeline has no score for are NaN: an oracle over fewer pipelines would be another one.
    """
    complete = ~(np.isnan(scores).any(axis=1) | np.isnan(costs).any(axis=1))
    best = np.full(len(scores), np.nan)
    paid = np.full(len(scores), np.nan)
    best[complete] = scores[complete].max(axis=1)
    able = scores[complete] == best[complete][:, None]
    paid[complete] = np.where(able, costs[complete], np.inf).min(axis=1)
    return best, paid


def _bends_up(first: Point, middle: Point, last: Point) -> bool:
    run, rise = middle.cost - first.cost, middle.accuracy - first.accuracy
    return rise * (last.cost - first.cost) <= (last.accuracy - first.accuracy) * run

"""The cost-accuracy plane: every pipeline, the best single one, random mixes and the oracle, on the same examples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.experiment.results import Ints
from pipelines.statistics.board import Board
from pipelines.statistics.frontier import Point, average_accuracy, mix_hull, oracle, pareto_front
from pipelines.statistics.interval import mean_interval
from pipelines.statistics.measure import Measure, measure
from pipelines.statistics.report import PlanePoint


class Plane(NamedTuple):
    """Is what the cost-accuracy plane shows."""

    points: tuple[PlanePoint, ...] = ()
    mix: tuple[PlanePoint, ...] = ()
    pareto: tuple[str, ...] = ()
    best_single: str | None = None
    oracle: Measure | None = None
    oracle_cost_usd_per_1k: float | None = None
    average_accuracy: float | None = None


def plane_of(board: Board) -> Plane:
    """Returns the plane of the examples that every pipeline has; empty where there are none."""
    costs = board.costs
    shared = np.flatnonzero(~(np.isnan(board.scores).any(axis=1) | np.isnan(costs).any(axis=1))).astype(np.int64)
    if not len(shared):
        return Plane()
    singles = tuple(_single(board, place, shared) for place in range(len(board.results.contenders)))
    price = np.asarray([point.cost_usd_per_1k for point in singles])
    accuracy = np.asarray([point.accuracy for point in singles])
    hull = mix_hull([Point(point.cost_usd_per_1k, point.accuracy) for point in singles])
    best = int(np.lexsort((price, -accuracy))[0])
    above, measured = _oracle(board, shared)
    return Plane(
        points=(*singles, above) if len(singles) > 1 else singles,
        mix=tuple(_corner(point, singles) for point in hull),
        pareto=tuple(singles[place].label for place in pareto_front(price, accuracy).tolist()),
        best_single=singles[best].label,
        oracle=measured,
        oracle_cost_usd_per_1k=above.cost_usd_per_1k,
        average_accuracy=average_accuracy(hull, hull[0].cost, float(price.max())),
    )


def _single(board: Board, place: int, shared: Ints) -> PlanePoint:
    spread = mean_interval(board.scores[shared, place], board.clusters_of(shared), board.confidence)
    return PlanePoint(
        label=board.results.contenders[place],
        kind="contender",
        cost_usd_per_1k=float(board.costs[shared, place].mean()) * 1_000,
        accuracy=spread.value or 0.0,
        low=spread.low,
        high=spread.high,
        n=spread.n,
    )


def _oracle(board: Board, shared: Ints) -> tuple[PlanePoint, Measure]:
    scores, costs = oracle(board.scores[shared], board.costs[shared])
    spread = mean_interval(scores, board.clusters_of(shared), board.confidence)
    text = f"Best score on each of {spread.n:,} common examples, luck included: no router over them can do better"
    point = PlanePoint(
        label="oracle", kind="oracle", cost_usd_per_1k=float(costs.mean()) * 1_000, accuracy=spread.value or 0.0,
        low=spread.low, high=spread.high, n=spread.n,
    )  # fmt: skip
    return point, measure("accuracy", spread, text)


def _corner(point: Point, singles: tuple[PlanePoint, ...]) -> PlanePoint:
    label = next(s.label for s in singles if (s.cost_usd_per_1k, s.accuracy) == point)
    return PlanePoint(label=label, kind="mix", cost_usd_per_1k=point.cost, accuracy=point.accuracy)

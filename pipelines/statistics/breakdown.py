"""The parts of a report by tag, by difficulty and by route."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from pipelines.experiment.results import Ints
from pipelines.statistics.board import Board
from pipelines.statistics.contender_summary import accuracy_of
from pipelines.statistics.interval import Spread, mean_interval, student_interval
from pipelines.statistics.measure import measure
from pipelines.statistics.report import RouteReport, Slice

MOST_SLICES: Final = 100
MOST_ROUTES: Final = 20
"""Routes of one pipeline that are told apart; the rarest are left out."""


def tag_slices(board: Board) -> tuple[Slice, ...]:
    """Returns the accuracy by tag, the most frequent tags first; an example with two tags counts in both."""
    return _slices(board, ((tag, place) for place, tags in enumerate(board.results.examples.tags) for tag in tags))


def difficulty_slices(board: Board) -> tuple[Slice, ...]:
    """Returns the accuracy by difficulty, the most frequent first."""
    known = enumerate(board.results.examples.difficulties)
    return _slices(board, ((difficulty, place) for place, difficulty in known if difficulty is not None))


def route_reports(board: Board) -> tuple[RouteReport, ...]:
    """Returns how often each pipeline took each route, the most frequent first; none where it has only one."""
    return tuple(report for place in range(len(board.rows)) for report in _routes(board, place))


def _slices(board: Board, members: Iterable[tuple[str, int]]) -> tuple[Slice, ...]:
    places: dict[str, dict[int, None]] = {}
    for name, place in members:
        places.setdefault(name, {})[place] = None
    frequent = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_SLICES]
    return tuple(_slice(board, name, np.asarray(list(inside), dtype=np.int64)) for name, inside in frequent)


def _slice(board: Board, name: str, examples: Ints) -> Slice:
    of_each = (accuracy_of(board, place, examples) for place in range(len(board.results.contenders)))
    return Slice(name=name, n_examples=len(examples), accuracy=tuple(of_each))


def _routes(board: Board, place: int) -> list[RouteReport]:
    rows, results = board.rows[place], board.results
    codes, counts = np.unique(results.route[rows], return_counts=True)
    if len(codes) < 2:
        return []
    order = np.argsort(-counts, kind="stable")[:MOST_ROUTES]
    return [_route(board, place, rows, int(code)) for code in codes[order]]


def _route(board: Board, place: int, rows: Ints, code: int) -> RouteReport:
    results = board.results
    taken = results.route[rows] == code
    own = rows[taken]
    groups = board.clusters_of_rows(own)
    share: Spread = mean_interval(taken.astype(np.float64), board.clusters_of_rows(rows), board.confidence)
    cost = student_interval(board.row_costs[own], groups, board.confidence)
    text = f"of the {len(own):,} rows that took this route"
    return RouteReport(
        contender=results.contenders[place],
        route=results.routes[code],
        share=measure("route_share", share, f"{len(own):,} of {len(rows):,} rows took this route"),
        accuracy=measure("accuracy", mean_interval(results.score[own], groups, board.confidence), f"Mean score {text}"),
        cost_usd_per_1k=measure("cost_usd_per_1k", cost, f"Mean cost {text}, times 1,000", scale=1e3, floor=0.0),
    )

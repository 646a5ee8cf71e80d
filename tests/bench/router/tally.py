"""Collects what several ways of answering reach on the same test rows over several seeds, and prints one table."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.outcome.folder import read_folder
from pipelines.outcome.split import split_table
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routing.curve import hull
from pipelines.routing.figures import Figure
from pipelines.routing.resample import Resamples

SEEDS = range(5)
TRAIN_SHARE = 0.7


def tables() -> tuple[OutcomeTable, OutcomeTable | None]:
    """Returns the tables that the command line names: one to be split, or one to train on and one to test on."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if not 1 <= len(folders) <= 2:
        sys.exit(f"Usage: python -m {__spec__.parent}.TABLE FOLDER [TEST_FOLDER]")
    first = read_folder(folders[0])
    return first, read_folder(folders[1]) if len(folders) == 2 else None


def parts(table: OutcomeTable, test: OutcomeTable | None) -> Iterator[tuple[int, OutcomeTable, OutcomeTable]]:
    """Yields seed, training rows and test rows: 70/30 by seed, or always the given test rows."""
    for seed in SEEDS:
        if test is None:
            train, rest = split_table(table, (TRAIN_SHARE, 1 - TRAIN_SHARE), seed=seed)
            yield seed, train, rest
        else:
            yield seed, table, test


def oracle_cost(table: OutcomeTable) -> Floats:
    """Returns the cost of the cheapest model that is as good as any, an array (n_queries,)."""
    as_good = table.score >= table.score.max(axis=1, keepdims=True)
    return np.asarray(np.where(as_good, table.cost_usd, np.inf).min(axis=1), dtype=np.float64)


def mixture(train: OutcomeTable, test: OutcomeTable, budget_usd: float) -> tuple[Floats, Floats]:
    """Returns expected score and cost of mixing two single models at random within a mean cost, the Zero router.

    Which two and how often is told by the hull of the training rows.
    """
    costs, means = train.cost_usd.mean(axis=0), train.score.mean(axis=0)
    at, heights = hull(costs, means)
    corners = [
        int(np.flatnonzero((costs == cost) & (means == mean))[0]) for cost, mean in zip(at, heights, strict=True)
    ]
    shares = np.stack([np.interp(budget_usd, at, line) for line in np.eye(len(at))])
    return test.score[:, corners] @ shares, test.cost_usd[:, corners] @ shares


class Tally:
    """Holds score and cost of every way on every test row of every seed."""

    def __init__(self, reference: str) -> None:
        """Takes the way that the others are compared with, in pairs."""
        self._reference = reference
        self._ids: list[str] = []
        self._scores: dict[str, list[Floats]] = {}
        self._costs: dict[str, list[Floats]] = {}

    def rows(self, test: OutcomeTable) -> None:
        """Begins a seed with its test rows; a row that comes in several seeds is drawn as one."""
        self._ids += test.ids

    def add(self, way: str, score: Floats, cost_usd: Floats | None = None) -> None:
        """Takes the scores, and the costs, of one way on the rows of the seed."""
        self._scores.setdefault(way, []).append(score)
        self._costs.setdefault(way, []).append(np.full(len(score), np.nan) if cost_usd is None else cost_usd)

    def print(self, title: str) -> None:
        """Prints accuracy, its difference from the reference and, where costs are known, USD per 1,000."""
        draws = Resamples(np.unique(np.array(self._ids), return_inverse=True)[1].reshape(-1).astype(np.intp), 0)
        scores = {way: np.concatenate(found) for way, found in self._scores.items()}
        print(f"\n{title}\n{'':34} {'accuracy':>24} {'less ' + self._reference:>26} {'$/1,000':>8} {'CPS/1,000':>10}")
        for way, score in scores.items():
            cost = float(np.concatenate(self._costs[way]).mean()) * 1e3
            money = "" if np.isnan(cost) else f"{cost:8.3f} {cost / max(float(score.mean()), 1e-9):10.3f}"
            gain = _told(draws.figure(score - scores[self._reference])) if way != self._reference else ""
            print(f"{way:34} {_told(draws.figure(score)):>24} {gain:>26} {money}", flush=True)


def _told(figure: Figure) -> str:
    return f"{figure.value:.4f} [{figure.low:.4f}, {figure.high:.4f}]"

"""What every part of a report is computed from: the results, sorted by pipeline and averaged by example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.experiment.results import STATUSES, Floats, Ints, Results

FAILED: Final = STATUSES.index("failed")
RAN: Final = tuple(STATUSES.index(status) for status in ("done", "failed", "no_answer"))


@dataclass(frozen=True, slots=True)
class Board:
    """Holds prepared results.

    Attributes:
        scores: mean score over repeats (n_examples, n_contenders), NaN where there is none; `costs` the same in USD,
            and `tokens` in and out, of the rows that ran.
        row_costs: what each row costs without the cache (n_rows,), in USD: its answers at list price, or what was paid
            where that is more, as it is where an attempt was paid and failed.
        clusters: group of each example (n_examples,), or None where every example stands alone.
        row_clusters: group of each row (n_rows,), or None where every row stands alone.
        rows: for each pipeline the places of its rows that ran.
        unknown: which rows (n_rows,) failed without a score where others have one: of a replay, what was not recorded.
            They count neither as wrong nor as free.
        repeats: how many seeds each example was given.
        success: the score from which a row counts as a success.
    """

    results: Results
    confidence: float
    seed: int
    success: float
    scores: Floats
    costs: Floats
    tokens: Floats
    row_costs: Floats
    clusters: Ints | None
    row_clusters: Ints | None
    rows: tuple[Ints, ...]
    unknown: NDArray[np.bool_]
    repeats: int

    @property
    def common(self) -> Ints:
        """Returns the places of the examples on which every pipeline has a score."""
        return np.flatnonzero(~np.isnan(self.scores).any(axis=1)).astype(np.int64)

    def clusters_of(self, examples: Ints) -> Ints | None:
        """Returns the groups of some examples."""
        return None if self.clusters is None else self.clusters[examples]

    def clusters_of_rows(self, rows: Ints) -> Ints | None:
        """Returns the groups of some rows."""
        return None if self.row_clusters is None else self.row_clusters[rows]


def board_of(results: Results, confidence: float, seed: int, success: float) -> Board:
    """Returns the results prepared for a report."""
    clusters = _clusters(results.examples.groups)
    repeats = int(results.repeat.max()) + 1 if results.n_rows else 1
    if clusters is not None:
        row_clusters: Ints | None = clusters[results.example]
    else:
        row_clusters = results.example if repeats > 1 else None
    unscored = np.isnan(results.score)
    unknown = (results.status == FAILED) & unscored & (not unscored.all())
    ran = np.isin(results.status, RAN) & ~unknown
    row_costs = np.maximum(results.list_cost_usd, results.cost_usd)
    order = np.argsort(results.contender[ran], kind="stable")
    counts = np.bincount(results.contender[ran], minlength=len(results.contenders))
    rows = np.split(np.flatnonzero(ran)[order], np.cumsum(counts)[:-1])
    return Board(
        results=results,
        confidence=confidence,
        seed=seed,
        success=success,
        scores=results.matrix(results.score),
        costs=results.matrix(np.where(ran, row_costs, np.nan)),
        tokens=results.matrix(np.where(ran, results.input_tokens + results.output_tokens, np.nan)),
        row_costs=row_costs,
        clusters=clusters,
        row_clusters=row_clusters,
        rows=tuple(part.astype(np.int64) for part in rows),
        unknown=unknown,
        repeats=repeats,
    )


def _clusters(groups: tuple[str | None, ...]) -> Ints | None:
    if not any(group is not None for group in groups):
        return None
    codes: dict[str | int, int] = {}
    names = (place if group is None else group for place, group in enumerate(groups))
    return np.asarray([codes.setdefault(name, len(codes)) for name in names], dtype=np.int64)

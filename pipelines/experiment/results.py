"""The results of an experiment as columns: what statistics and charts read, 100,000 rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STATUSES: Final = ("done", "failed", "budget", "cancelled", "no_answer", "waiting")
ANSWERED: Final = STATUSES.index("done")


@dataclass(frozen=True, slots=True)
class ExampleColumns:
    """Holds what is known of the examples of an experiment, each list in the order of the examples.

    Attributes:
        groups: the cluster of each example, or None where it stands alone.
    """

    ids: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    groups: tuple[str | None, ...]
    difficulties: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Holds one entry per finished row in every array (n_rows,).

    A row that failed or gave no answer has a score of 0: it did not answer. A row that was not run, was stopped by the
    budget or the person, or could not be scored has NaN and counts nowhere as an answer.

    Attributes:
        contenders: the labels; `contender` indexes them.
        contender, example, repeat, status: integer codes; `status` indexes `STATUSES`.
        score: of the chosen scorer, in [0, 1] or NaN.
        cost_usd: paid; `list_cost_usd`: at list price; `judge_cost_usd`: paid for the scoring.
        route: code of the route each row took, indexing `routes` (each the tuple of branches and models).
        confidence: what the pipeline said of its own answer, in [0, 1] or NaN.
    """

    contenders: tuple[str, ...]
    examples: ExampleColumns
    contender: Ints
    example: Ints
    repeat: Ints
    status: Ints
    score: Floats
    cost_usd: Floats
    list_cost_usd: Floats
    judge_cost_usd: Floats
    latency_s: Floats
    input_tokens: Ints
    output_tokens: Ints
    calls: Ints
    cached_calls: Ints
    route: Ints
    routes: tuple[tuple[str, ...], ...]
    confidence: Floats

    @property
    def n_rows(self) -> int:
        """Returns how many rows there are."""
        return len(self.contender)

    def matrix(self, column: Floats) -> Floats:
        """Returns the mean over repeats as an array (n_examples, n_contenders), NaN where no row has a number."""
        cell = self.example * len(self.contenders) + self.contender
        known = ~np.isnan(column)
        size = len(self.examples.ids) * len(self.contenders)
        totals = np.bincount(cell[known], weights=column[known], minlength=size)
        counts = np.bincount(cell[known], minlength=size)
        means = np.full(size, np.nan)
        np.divide(totals, counts, out=means, where=counts > 0)
        return means.reshape(len(self.examples.ids), len(self.contenders))

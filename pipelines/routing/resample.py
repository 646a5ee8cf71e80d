"""Intervals over questions: every mean is taken again and again over questions drawn with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.routing.figures import Figure
from pipelines.statistics.bootstrap import widened

Floats = NDArray[np.float64]
RESAMPLES: Final = 500
BLOCK: Final = 50
LEAST_GROUPS: Final = 6
"""Fewer groups have no interval: that all of five lie on one side of the truth happens more than one time in 20."""


class Resamples:
    """Holds the same draws for all that is compared, so that differences are in pairs."""

    def __init__(self, groups: NDArray[np.intp], seed: int) -> None:
        """Takes the group number of each question; whole groups are drawn, a question alone is its own group."""
        self._groups = groups
        self._seed = seed
        self._count = int(groups.max(initial=-1)) + 1

    def rows(self, n_draws: int) -> Iterator[NDArray[np.intp]]:
        """Yields the numbers of the drawn rows, as many times as asked; for what is no function of means."""
        rng = np.random.default_rng(self._seed)
        for _ in range(n_draws):
            drawn = np.bincount(rng.integers(self._count, size=self._count), minlength=self._count)
            yield np.repeat(np.arange(len(self._groups)), drawn[self._groups])

    def means(self, values: Floats) -> Floats:
        """Returns the mean of each column in every draw, an array (n_draws, n_columns); `values` is (n, n_columns)."""
        totals = np.zeros((self._count, values.shape[1]))
        np.add.at(totals, self._groups, values)
        sizes = np.bincount(self._groups, minlength=self._count).astype(np.float64)
        rng = np.random.default_rng(self._seed)
        parts = []
        for _ in range(0, RESAMPLES, BLOCK):
            draws = rng.multinomial(self._count, np.full(self._count, 1 / self._count), size=BLOCK).astype(np.float64)
            parts.append((draws @ totals) / (draws @ sizes)[:, None])
        return np.concatenate(parts)

    def figure(
        self, values: Floats, of: Callable[[Floats], float] | None = None, *, undefined: float | None = None
    ) -> Figure:
        """Returns a number of the column means with its interval.

        Args:
            values: array (n,) or (n, n_columns).
            of: makes the number of the means (n_columns,); by default the first mean itself.
            undefined: what a draw counts for whose number is not defined; by default it is left out.
        """
        columns = values[:, None] if values.ndim == 1 else values
        if not len(columns) or np.isnan(columns).any():
            return Figure(value=None)
        number = of or (lambda means: float(means[0]))
        value = number(columns.mean(axis=0))
        if not np.isfinite(value):
            return Figure(value=None)
        drawn = np.array([number(means) for means in self.means(columns)])
        return self.between(value, drawn if undefined is None else np.where(np.isfinite(drawn), drawn, undefined))

    def between(self, value: float, drawn: Floats) -> Figure:
        """Returns a number with the interval of what it was in every draw, NaN left out.

        Source: the expanded percentile interval of Hesterberg 2015, as in the report of an experiment.
        """
        found = drawn[np.isfinite(drawn)]
        if self._count < LEAST_GROUPS or 2 * len(found) < len(drawn):
            return Figure(value=value)
        low, high = widened(found, self._count, 0.95)
        return Figure(value=value, low=float(low), high=float(high))

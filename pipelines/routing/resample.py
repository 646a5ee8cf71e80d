"""Intervals over questions: every mean is taken again and again over questions drawn with replacement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.routing.figures import Figure

Floats = NDArray[np.float64]
RESAMPLES: Final = 500
BLOCK: Final = 50


class Resamples:
    """Holds the same draws for all that is compared, so that differences are in pairs."""

    def __init__(self, groups: NDArray[np.intp], seed: int) -> None:
        """Takes the group number of each question; whole groups are drawn, a question alone is its own group."""
        self._groups = groups
        self._seed = seed
        self._count = int(groups.max(initial=-1)) + 1

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

    def figure(self, values: Floats, of: Callable[[Floats], float] | None = None) -> Figure:
        """Returns a number of the column means with its interval.

        Args:
            values: array (n,) or (n, n_columns).
            of: makes the number of the means (n_columns,); by default the first mean itself.
        """
        columns = values[:, None] if values.ndim == 1 else values
        if not len(columns) or np.isnan(columns).any():
            return Figure(value=None)
        number = of or (lambda means: float(means[0]))
        found = np.array([number(means) for means in self.means(columns)])
        found = found[np.isfinite(found)]
        value = number(columns.mean(axis=0))
        if not np.isfinite(value) or not len(found):
            return Figure(value=None)
        low, high = np.quantile(found, (0.025, 0.975))
        return Figure(value=value, low=float(low), high=float(high))

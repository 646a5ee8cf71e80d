"""How long a strategy will take to learn from a table, told from a few of its rows."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space

FEW: Final = 100
MORE: Final = 400
QUICK_S: Final = 0.5
"""What learns from a few rows in less is quick enough for any table: most of it is not per row."""


def expected_fit_s(
    strategy: LearnedStrategy, train: OutcomeTable, *, space: Space | None = None, seed: int = 0
) -> float:
    """Returns about how many seconds fitting on all rows will take; 0 where that is little.

    Two samples tell what a row adds; a strategy that cannot learn from them is not timed: fitting it tells why.
    """
    if train.n_queries <= 2 * MORE:
        return 0.0
    rows = np.random.default_rng(seed).permutation(train.n_queries)
    few, more = (train.rows(np.sort(rows[:count])) for count in (FEW, MORE))
    try:
        # The first time holds imports and other things that happen once.
        first = min(_fit_s(strategy, few, space, seed), _fit_s(strategy, few, space, seed))
        if first < QUICK_S:
            return 0.0
        second = _fit_s(strategy, more, space, seed)
    except ConfigurationError:
        return 0.0
    return second + max(0.0, second - first) / (MORE - FEW) * (train.n_queries - MORE)


def _fit_s(strategy: LearnedStrategy, sample: OutcomeTable, space: Space | None, seed: int) -> float:
    began = time.perf_counter()
    strategy.fit(sample, space=space, seed=seed)
    return time.perf_counter() - began

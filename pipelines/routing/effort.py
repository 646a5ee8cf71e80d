"""How long a strategy will take to learn from a table, told from a few of its rows."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space

SAMPLED: Final = 150
QUICK_S: Final = 0.5
"""What learns from the sample in less is quick enough for any table: most of it is not per row."""

SLOW_S: Final = 3.0


def expected_fit_s(
    strategy: LearnedStrategy, train: OutcomeTable, *, space: Space | None = None, seed: int = 0
) -> float:
    """Returns the seconds that fitting on all rows will take, as if each row took the same; 0 where that is little.

    A strategy that cannot learn from the sample is not timed: fitting it on all rows tells why.
    """
    if train.n_queries <= 2 * SAMPLED:
        return 0.0
    rows = np.sort(np.random.default_rng(seed).choice(train.n_queries, SAMPLED, replace=False))
    sample = train.rows(rows)
    try:
        took = _fit_s(strategy, sample, space, seed)
        if QUICK_S < took < SLOW_S:
            # The first time holds imports and other things that happen once.
            took = _fit_s(strategy, sample, space, seed)
    except ConfigurationError:
        return 0.0
    return took * train.n_queries / SAMPLED if took > QUICK_S else 0.0


def _fit_s(strategy: LearnedStrategy, sample: OutcomeTable, space: Space | None, seed: int) -> float:
    began = time.perf_counter()
    strategy.fit(sample, space=space, seed=seed)
    return time.perf_counter() - began

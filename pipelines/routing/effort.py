"""How long a strategy will take to learn from a table, told from a few of its rows."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space

SAMPLED: Final = 400


def expected_fit_s(
    strategy: LearnedStrategy, train: OutcomeTable, *, space: Space | None = None, seed: int = 0
) -> float:
    """Returns the seconds that fitting on all rows will take, as if each row took the same; 0 for a small table.

    A strategy that cannot learn from the sample is not timed: fitting it on all rows tells why.
    """
    if train.n_queries <= 2 * SAMPLED:
        return 0.0
    rows = np.sort(np.random.default_rng(seed).choice(train.n_queries, SAMPLED, replace=False))
    began = time.perf_counter()
    try:
        strategy.fit(train.rows(rows), space=space, seed=seed)
    except ConfigurationError:
        return 0.0
    return (time.perf_counter() - began) * train.n_queries / SAMPLED

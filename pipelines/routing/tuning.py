"""Which of several strategies does best on training rows it did not see, so that nobody has to look at test rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.choice import best
from pipelines.error import ConfigurationError
from pipelines.featured import prior
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record
from pipelines.space import Space

FOLDS: Final = 4


class Trial(Record):
    """Is how a strategy did on training rows it did not see.

    Attributes:
        score: mean over the tasks of the mean score of the models it chose.
    """

    name: str
    score: float


def tried(
    strategies: Mapping[str, LearnedStrategy], train: OutcomeTable, *, space: Space | None = None, seed: int = 0
) -> tuple[Trial, ...]:
    """Returns how each strategy does by cross-validation inside the training rows, the best first.

    Raises:
        ConfigurationError: if none of them can learn from parts of the table.
    """
    groups = group_numbers(train)
    parts = np.random.default_rng(seed).permutation(int(groups.max(initial=0)) + 1)[groups] % FOLDS
    trials = []
    for name, strategy in strategies.items():
        try:
            trials.append(Trial(name=name, score=_unseen(strategy, train, parts, space, seed)))
        except ConfigurationError:
            continue
    if not trials:
        raise ConfigurationError(f"None of the strategies {', '.join(strategies)} can learn from '{train.name}'.")
    return tuple(sorted(trials, key=lambda trial: -trial.score))


def _unseen(
    strategy: LearnedStrategy, train: OutcomeTable, parts: NDArray[np.intp], space: Space | None, seed: int
) -> float:
    """Returns the mean score of the rows of each part with a router fitted on the others; holes count as the mean."""
    scores = np.where(train.missing, prior(train.score), train.score)
    found = np.zeros(train.n_queries)
    for part in range(FOLDS):
        out = np.flatnonzero(parts == part)
        fitted = strategy.fit(train.rows(parts != part), space=space, seed=seed)
        asked = [train.queries[row] for row in out]
        found[out] = scores[out, best(fitted.predict(asked, space=space))]
    tasks = np.unique(np.array(train.tasks, dtype=np.str_), return_inverse=True)[1].reshape(-1)
    return float((np.bincount(tasks, found) / np.bincount(tasks)).mean())

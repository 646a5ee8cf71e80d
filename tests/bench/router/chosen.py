"""Which of several strategies the training rows alone choose, by cross-validation and any measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.choice import best
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.curve import apgr, strong_share_curve
from pipelines.space import Space
from pipelines.strategy import Scores

FOLDS = 3

Measure = Callable[[OutcomeTable, Scores], float]
Parts = NDArray[np.intp]


def random_parts(train: OutcomeTable, seed: int) -> Parts:
    """Returns the part of each row, an array (n_queries,); rows of a group are in one part."""
    groups = group_numbers(train)
    return np.asarray(np.random.default_rng(seed).permutation(int(groups.max()) + 1)[groups] % FOLDS, dtype=np.intp)


def unseen(strategy: LearnedStrategy, train: OutcomeTable, parts: Parts, space: Space | None, seed: int) -> Scores:
    """Returns what the strategy predicts for each part when it learned from the others, (n_queries, n_models)."""
    found = np.zeros(train.score.shape)
    for part in np.unique(parts):
        out = np.flatnonzero(parts == part)
        fitted = strategy.fit(train.rows(parts != part), space=space, seed=seed)
        found[out] = fitted.predict([train.queries[row] for row in out], space=space)
    return found


def choice(
    candidates: Mapping[str, LearnedStrategy],
    train: OutcomeTable,
    measure: Measure,
    *,
    parts: tuple[Parts, ...] = (),
    space: Space | None = None,
    seed: int = 0,
) -> str:
    """Returns the name of the strategy that does best on left-out rows, on the mean over the given ways to part them.

    By default the rows are parted at random. What each reached is printed.
    """
    ways = parts or (random_parts(train, seed),)
    found = {
        name: [measure(train, unseen(strategy, train, way, space, seed)) for way in ways]
        for name, strategy in candidates.items()
    }
    chosen = max(found, key=lambda name: float(np.mean(found[name])))
    told = ", ".join(f"{name} {' / '.join(f'{value:.4f}' for value in values)}" for name, values in found.items())
    print(f"left-out training rows, seed {seed}: {told} => {chosen}", flush=True)
    return chosen


def gap_recovered(train: OutcomeTable, predicted: Scores) -> float:
    """Returns the APGR of a table of two models; the better one in the mean is the strong one."""
    weak, strong = np.argsort(train.score.mean(axis=0), kind="stable")
    preference = predicted[:, strong] - predicted[:, weak]
    return apgr(strong_share_curve(preference, train.score[:, weak], train.score[:, strong]))


def mean_score(train: OutcomeTable, predicted: Scores) -> float:
    """Returns the mean score of the models with the highest prediction."""
    return float(train.score[np.arange(train.n_queries), best(predicted)].mean())


def mean_over_tasks(train: OutcomeTable, predicted: Scores) -> float:
    """Returns the mean over the tasks of their mean score."""
    found = train.score[np.arange(train.n_queries), best(predicted)]
    tasks = np.unique(np.array(train.tasks, dtype=np.str_), return_inverse=True)[1].reshape(-1)
    return float((np.bincount(tasks, found) / np.bincount(tasks)).mean())

"""What the words mean within one task: a regression that is kept only where left-out rows say that it helps."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.featured import prior
from pipelines.featurizer import Features

Floats = NDArray[np.float64]

PENALTIES: Final = (3.0, 10.0, 30.0)
LEAST_ROWS: Final = 60
MOST_ROWS: Final = 1_500
"""A task with more rows is regressed on so many of them, drawn at random."""

SURE: Final = 1.64
"""The gain has to be so many standard errors above zero (one-sided 5 %)."""


def task_slope(rows: Features, scores: Floats, seed: int) -> NDArray[np.float32] | None:
    """Returns weights (n_features, n_models) on top of the means of one task, or None where they do not help.

    Every row is predicted by a ridge regression of all others (the exact leave-one-out of kernel ridge regression);
    what counts is the score of the model that would be chosen, against always choosing the one with the best mean.

    Args:
        rows: (n_queries, n_features), of one task.
        scores: array (n_queries, n_models), NaN where missing; a missing cell counts as the mean.
        seed: draws rows where there are too many.

    Source: leave-one-out residual alpha_i / inv(K + penalty)_ii (Cawley and Talbot 2003).
    """
    if len(scores) < LEAST_ROWS:
        return None
    if len(scores) > MOST_ROWS:
        drawn = np.random.default_rng(seed).choice(len(scores), MOST_ROWS, replace=False)
        rows, scores = rows[drawn], scores[drawn]
    mean = prior(scores)
    known = np.where(np.isnan(scores), mean, scores)
    targets = known - mean
    kernel = _kernel(rows)
    best_gain, best_alphas = 0.0, None
    for penalty in PENALTIES:
        inverse = np.linalg.inv(kernel + penalty * np.eye(len(kernel), dtype=kernel.dtype))
        alphas = inverse @ targets
        unseen = targets - alphas / np.diag(inverse)[:, None]
        gain = _gain(unseen, known, mean)
        if gain > best_gain:
            best_gain, best_alphas = gain, alphas
    return None if best_alphas is None else np.asarray(rows.T @ best_alphas, dtype=np.float32)


def _kernel(rows: Features) -> Floats:
    product = rows @ rows.T
    return np.asarray(product if isinstance(product, np.ndarray) else product.toarray(), dtype=np.float64)


def _gain(unseen: Floats, known: Floats, mean: Floats) -> float:
    """Returns the mean gain of choosing by the predictions over choosing by the means, or 0 if it may be chance."""
    n = len(known)
    others = (n * mean - known) / (n - 1)
    each = np.arange(n)
    gains = known[each, (others + unseen).argmax(axis=1)] - known[each, others.argmax(axis=1)]
    return float(gains.mean()) if gains.mean() > SURE * gains.std() / np.sqrt(n) else 0.0

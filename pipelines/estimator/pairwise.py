"""One regression for all models: a row is a question with a model, described in the same way for every model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fitted_shared(described: Floats, scores: Floats, penalty: float) -> Floats:
    """Returns the weights (n_features + 1,) of a ridge regression over all tried pairs; the last is the offset.

    Because the weights belong to no model, they predict one that was not there.

    Args:
        described: array (n_queries, n_models, n_features).
        scores: array (n_queries, n_models), NaN where missing.
        penalty: positive; the offset is free.
    """
    tried = ~np.isnan(scores)
    rows, targets = described[tried], scores[tried]
    middle, mean = rows.mean(axis=0), float(targets.mean())
    centred = rows - middle
    square = centred.T @ centred + penalty * np.eye(rows.shape[1])
    weights = np.linalg.solve(square, centred.T @ (targets - mean))
    return np.append(weights, mean - middle @ weights)


def shared_scores(described: Floats, weights: Floats) -> Floats:
    """Returns what the regression expects, an array (n_queries, n_models)."""
    return np.asarray(described @ weights[:-1] + weights[-1], dtype=np.float64)


def weighted_means(weights: Floats, scores: Floats, level: Floats, imagined: float) -> Floats:
    """Returns the weighted mean score of each model, drawn to its level, an array (n, n_models).

    Args:
        weights: array (n, n_known), not negative.
        scores: array (n_known, n_models), NaN where missing.
        level: array (n_models,).
        imagined: weight of an imagined question at the level, positive.
    """
    tried = ~np.isnan(scores)
    totals = weights @ np.where(tried, scores, 0.0) + imagined * level
    return np.asarray(totals / (weights @ tried + imagined), dtype=np.float64)

"""Linear estimators of all models at once, with soft labels and missing cells, by L-BFGS."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.featured import prior
from pipelines.featurizer import Features

Floats = NDArray[np.float64]
Loss = Literal["logistic", "squared hinge"]

STEPS: Final = 80
EDGE: Final = 1e-3
"""A mean score of 0 or 1 has no finite logit; it starts this far away from the end."""


def fitted_linear(rows: Features, targets: Floats, loss: Loss, penalty: float) -> tuple[NDArray[np.float32], Floats]:
    """Returns the weights (n_features, n_models) and the offsets (n_models,) that fit the scores best.

    A score y between 0 and 1 counts as y of a success and 1 - y of a failure; a missing cell does not count at all.

    Args:
        rows: (n_queries, n_features).
        targets: array (n_queries, n_models), NaN where missing.
        loss: minimised together with penalty / 2 * the squared weights; the offsets are free.
        penalty: positive.
    """
    from scipy.optimize import minimize

    n_features, n_models = rows.shape[1], targets.shape[1]
    tried, known = ~np.isnan(targets), np.nan_to_num(targets)
    mean = np.clip(prior(targets), EDGE, 1 - EDGE)
    start = np.log(mean / (1 - mean)) if loss == "logistic" else 2 * mean - 1
    across = rows.T if isinstance(rows, np.ndarray) else rows.T.tocsr()

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights, offsets = flat[n_models:].reshape(n_features, n_models), flat[:n_models]
        values, slopes = _LOSSES[loss](rows @ weights + offsets, known)
        slopes = np.where(tried, slopes, 0.0)
        total = float(values[tried].sum()) + penalty / 2 * float((weights**2).sum())
        return total, np.concatenate([slopes.sum(axis=0), (across @ slopes + penalty * weights).ravel()])

    begin = np.concatenate([start, np.zeros(n_features * n_models)])
    found = minimize(objective, begin, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 8}).x
    return found[n_models:].reshape(n_features, n_models).astype(np.float32), np.asarray(found[:n_models])


def logistic(values: Floats) -> Floats:
    """Returns 1 / (1 + exp(-values)) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float64)


def _cross_entropy(logits: Floats, scores: Floats) -> tuple[Floats, Floats]:
    return np.logaddexp(0.0, logits) - scores * logits, logistic(logits) - scores


def _squared_hinge(margins: Floats, scores: Floats) -> tuple[Floats, Floats]:
    right, wrong = np.maximum(0.0, 1.0 - margins), np.maximum(0.0, 1.0 + margins)
    return scores * right**2 + (1 - scores) * wrong**2, 2 * ((1 - scores) * wrong - scores * right)


_LOSSES: Final = {"logistic": _cross_entropy, "squared hinge": _squared_hinge}

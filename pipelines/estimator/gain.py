"""Expected gains by a ridge regression in which what is seen counts differently in each task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FAR: Final = 4.0
"""What is seen counts as at most so many spreads from its mean."""


def learned_gains(contexts: Floats, seen: Floats, targets: Floats, penalty: float) -> dict[str, NDArray[Any]]:
    """Returns the regression as arrays.

    Args:
        contexts: how likely each task is, an array (n_queries, n_tasks).
        seen: an array (n_queries, n_features), NaN where unknown.
        targets: an array (n_queries, n_targets).
        penalty: of the squared weights, on features of spread 1.
    """
    known = ~np.isnan(seen)
    counts = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, seen, 0.0).sum(axis=0) / counts
    spread = np.sqrt(np.where(known, (seen - mean) ** 2, 0.0).sum(axis=0) / counts)
    learned: dict[str, NDArray[Any]] = {"mean": mean, "spread": np.maximum(spread, 1e-6)}
    design = _design(contexts, seen, learned)
    base = targets.mean(axis=0) if len(targets) else np.zeros(targets.shape[1])
    square = design.T @ design + penalty * np.eye(design.shape[1])
    return {**learned, "base": base, "weights": np.linalg.solve(square, design.T @ (targets - base))}


def gains(contexts: Floats, seen: Floats, learned: Mapping[str, NDArray[Any]]) -> Floats:
    """Returns the expected targets, an array (n_queries, n_targets)."""
    return np.asarray(_design(contexts, seen, learned) @ learned["weights"] + learned["base"], dtype=np.float64)


def _design(contexts: Floats, seen: Floats, learned: Mapping[str, NDArray[Any]]) -> Floats:
    scaled = np.clip((seen - learned["mean"]) / learned["spread"], -_FAR, _FAR)
    plain = np.where(np.isnan(scaled), 0.0, scaled)
    crossed = (contexts[:, :, None] * plain[:, None, :]).reshape(len(plain), contexts.shape[1] * plain.shape[1])
    return np.hstack([contexts, plain, crossed])

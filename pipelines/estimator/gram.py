"""How alike questions are as a matrix, and the regression on it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.featurizer import Features

BLOCK: Final = 512


def words_alike(rows: Features) -> NDArray[np.float32]:
    """Returns the products of all rows with all, an array (n, n)."""
    found = np.empty((rows.shape[0], rows.shape[0]), dtype=np.float32)
    across = rows.T
    for start in range(0, rows.shape[0], BLOCK):
        part = rows[start : start + BLOCK] @ across
        found[start : start + BLOCK] = part if isinstance(part, np.ndarray) else part.toarray()
    return found


def alike(rows: NDArray[np.float32], known: NDArray[np.float32], reach: float) -> NDArray[np.float32]:
    """Returns exp(-d / (2 * reach)) of the squared distances d, an array (n_rows, n_known) between 0 and 1."""
    squares = (rows**2).sum(axis=1)[:, None] + (known**2).sum(axis=1)[None, :] - 2 * rows @ known.T
    return np.asarray(np.exp(np.maximum(squares, 0.0) / (-2 * reach)), dtype=np.float32)


def add_alike(gram: NDArray[np.float32], rows: NDArray[np.float32], reach: float, weight: float) -> None:
    """Adds to a square array how alike all rows are, so many times; in blocks, because it is large."""
    for start in range(0, len(rows), BLOCK):
        gram[start : start + BLOCK] += np.float32(weight) * alike(rows[start : start + BLOCK], rows, reach)


def solved(gram: NDArray[np.float32], targets: NDArray[np.float64], penalty: float) -> NDArray[np.float32]:
    """Returns how much each question counts for each model, an array (n, n_models), 0 where it was not tried.

    Models that were tried on the same rows are solved together.

    Args:
        gram: array (n, n), symmetric and not negative definite; what it holds is lost.
        targets: array (n, n_models), NaN where missing.
        penalty: positive, added to the diagonal.
    """
    from scipy.linalg import cho_factor, cho_solve

    counts = np.zeros(targets.shape, dtype=np.float32)
    patterns, place = np.unique(~np.isnan(targets), axis=1, return_inverse=True)
    for number in range(patterns.shape[1]):
        columns = np.flatnonzero(place.reshape(-1) == number)
        known = np.flatnonzero(patterns[:, number])
        if len(known):
            square = gram if len(known) == len(gram) and patterns.shape[1] == 1 else gram[np.ix_(known, known)]
            square[np.diag_indices_from(square)] += np.float32(penalty)
            factor = cho_factor(square.T, overwrite_a=True, check_finite=False)
            wanted = targets[np.ix_(known, columns)].astype(np.float32)
            counts[np.ix_(known, columns)] = cho_solve(factor, wanted, check_finite=False)
    return counts

"""Likeness as a matrix, and the regression on it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipelines.estimator.gram import add_alike, alike, solved, words_alike


def test_a_penalty_draws_to_the_mean() -> None:
    gram = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    targets = np.array([[1.0, np.nan], [-1.0, 2.0]])
    assert solved(gram, targets, 1.0) == pytest.approx(np.array([[0.5, 0.0], [-0.5, 1.0]]))


def test_likeness_falls_with_the_distance() -> None:
    rows = np.array([[0.0], [2.0]], dtype=np.float32)
    assert alike(rows, rows, 2.0)[0] == pytest.approx([1.0, np.exp(-1.0)])
    assert words_alike(rows).tolist() == [[0.0, 0.0], [0.0, 4.0]]


def test_sparse_rows_are_as_alike_as_dense_ones() -> None:
    rows = np.random.default_rng(0).random((700, 3)).astype(np.float32)
    assert words_alike(csr_matrix(rows)) == pytest.approx(rows @ rows.T, rel=1e-5)


def test_likeness_is_added_in_blocks_as_at_once() -> None:
    rows = np.random.default_rng(0).random((700, 3)).astype(np.float32)
    gram = np.ones((700, 700), dtype=np.float32)
    add_alike(gram, rows, 2.0, 0.5)
    assert gram == pytest.approx(1.0 + 0.5 * alike(rows, rows, 2.0), rel=1e-5)

"""Linear estimators against closed forms and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipelines.estimator.linear import Loss, fitted_linear, logistic


def _rows(n: int = 120) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(n, 4)).astype(np.float32)


def test_without_features_the_offset_gives_the_mean_score() -> None:
    targets = np.array([[1.0, 0.25], [1.0, 0.25], [1.0, 0.25], [0.0, 0.25]])
    nothing = np.zeros((4, 1), dtype=np.float32)
    _, logits = fitted_linear(nothing, targets, "logistic", 1.0)
    assert logistic(logits) == pytest.approx([0.75, 0.25], abs=1e-4)
    _, margins = fitted_linear(nothing, targets, "squared hinge", 1.0)
    assert (1 + margins) / 2 == pytest.approx([0.75, 0.25], abs=1e-4)


def test_the_logistic_fit_is_scikit_learns() -> None:
    rows = _rows()
    target = (rows[:, 0] - rows[:, 1] + np.random.default_rng(4).normal(size=120) > 0.3).astype(float)
    weights, offsets = fitted_linear(rows, target[:, None], "logistic", 2.0)
    peer = LogisticRegression(C=0.5, tol=1e-8, max_iter=1_000).fit(rows, target)
    assert weights[:, 0] == pytest.approx(peer.coef_[0], abs=2e-3)
    assert offsets == pytest.approx(peer.intercept_, abs=2e-3)


@pytest.mark.parametrize("loss", ["logistic", "squared hinge"])
def test_a_missing_cell_counts_as_a_row_left_out(loss: Loss) -> None:
    rows, target = _rows(), np.random.default_rng(5).random(120)
    holed = np.column_stack([target, np.where(np.arange(120) < 40, np.nan, target)])
    weights, offsets = fitted_linear(rows, holed, loss, 1.0)
    alone, offset = fitted_linear(rows[40:], target[40:, None], loss, 1.0)
    assert weights[:, 1] == pytest.approx(alone[:, 0], abs=2e-3)
    assert offsets[1] == pytest.approx(offset[0], abs=2e-3)


@pytest.mark.parametrize("loss", ["logistic", "squared hinge"])
def test_a_score_of_three_quarters_is_three_successes_in_four(loss: Loss) -> None:
    rows = _rows(30)
    soft, soft_offset = fitted_linear(rows, np.full((30, 1), 0.75), loss, 0.25)
    four = np.tile(rows, (4, 1))
    hard, hard_offset = fitted_linear(four, np.repeat([1.0, 1.0, 1.0, 0.0], 30)[:, None], loss, 1.0)
    assert soft[:, 0] == pytest.approx(hard[:, 0], abs=1e-3)
    assert soft_offset == pytest.approx(hard_offset, abs=1e-3)


def test_sparse_rows_are_fitted_like_dense_ones() -> None:
    rows, targets = _rows(), np.random.default_rng(6).random((120, 2))
    dense, _ = fitted_linear(rows, targets, "logistic", 1.0)
    sparse, _ = fitted_linear(csr_matrix(rows), targets, "logistic", 1.0)
    assert sparse == pytest.approx(dense, abs=1e-4)


def test_the_logistic_function_bears_huge_numbers() -> None:
    assert logistic(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]

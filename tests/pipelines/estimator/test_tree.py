"""Trees walked by numpy against scikit-learn, which grew them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from pipelines.estimator.tree import Trees, grown, walked

ROWS = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)


def _grown(targets: np.ndarray) -> Trees:
    return grown(ROWS, targets, rounds=7, leaves=6, rate=0.3, least_rows=10, seed=0)


def test_the_walk_ends_where_scikit_learn_ends() -> None:
    targets = np.column_stack([ROWS[:, 0] * ROWS[:, 1], np.abs(ROWS[:, 2])]).astype(np.float64)
    found = walked(ROWS, _grown(targets))
    for model in range(2):
        peer = HistGradientBoostingRegressor(
            max_iter=7, max_leaf_nodes=6, learning_rate=0.3, min_samples_leaf=10, early_stopping=False, random_state=0
        ).fit(ROWS, targets[:, model])
        assert found[:, model] == pytest.approx(peer.predict(ROWS), abs=1e-9)


def test_unknown_targets_are_left_out() -> None:
    target = (ROWS[:, 0] > 0).astype(np.float64)
    holed = np.column_stack([np.where(np.arange(300) < 100, np.nan, target), np.full(300, np.nan)])
    found = walked(ROWS, _grown(holed))
    assert ((found[:, 0] > 0.5) == (target > 0.5)).mean() > 0.97
    # Nothing is known of the second, so it is taken for the mean of all that is known.
    assert found[:, 1] == pytest.approx(np.full(300, target[100:].mean()))


def test_a_target_that_never_changes_needs_no_tree() -> None:
    assert walked(ROWS, _grown(np.full((300, 1), 0.4))) == pytest.approx(np.full((300, 1), 0.4))
    assert walked(ROWS[:0], _grown(np.full((300, 1), 0.4))).shape == (0, 1)

"""The optimiser and its batches."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.estimator.adam import Adam, batches


def test_the_first_step_has_the_size_of_the_rate_whatever_the_gradient() -> None:
    parameters = {"x": np.array([1.0, 1.0, 1.0], dtype=np.float32)}
    Adam(0.1).step(parameters, {"x": np.array([5.0, -0.01, 300.0], dtype=np.float32)})
    assert parameters["x"] == pytest.approx([0.9, 1.1, 0.9], abs=1e-4)


def test_it_finds_the_bottom_of_a_bowl() -> None:
    parameters = {"x": np.array([4.0, -3.0], dtype=np.float32)}
    adam = Adam(0.05)
    for _ in range(400):
        adam.step(parameters, {"x": 2 * (parameters["x"] - np.array([1.0, 2.0], dtype=np.float32))})
    assert parameters["x"] == pytest.approx([1.0, 2.0], abs=1e-2)


def test_rows_that_are_not_touched_stay() -> None:
    parameters = {"x": np.zeros((4, 2), dtype=np.float32), "bias": np.zeros(1, dtype=np.float32)}
    adam = Adam(0.1)
    adam.step(parameters, {"bias": np.ones(1, dtype=np.float32)})
    adam.step_rows("x", parameters["x"], np.array([1, 3]), np.array([[1.0, 1.0], [-1.0, 1.0]], dtype=np.float32))
    assert parameters["x"][[0, 2]].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert parameters["x"][[1, 3]].ravel() == pytest.approx([-0.1, -0.1, 0.1, -0.1], abs=1e-4)


def test_each_epoch_sees_every_row_once_in_another_order() -> None:
    parts = list(batches(10, 4, 2, seed=0))
    assert [len(part) for part in parts] == [4, 4, 2, 4, 4, 2]
    first, second = np.concatenate(parts[:3]), np.concatenate(parts[3:])
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(10))
    assert first.tolist() != second.tolist()
    assert [part.tolist() for part in batches(10, 4, 2, seed=0)] == [part.tolist() for part in parts]

"""Networks of one hidden layer on problems with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipelines.estimator.network import Network

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 32, dtype=np.float32)
EITHER = (CORNERS.sum(axis=1) == 1).astype(np.float64)[:, None]


def _network(*, is_bent: bool, ends: str = "each", epochs: int = 200) -> Network:
    return Network(hidden=16, is_bent=is_bent, ends=ends, epochs=epochs, rate=0.02, batch=32)  # type: ignore[arg-type]


def test_a_bent_network_learns_either_or_and_a_linear_one_cannot() -> None:
    bent, linear = _network(is_bent=True), _network(is_bent=False)
    found = bent.outputs(CORNERS[:4], bent.fit(CORNERS, EITHER, 0))
    assert found[:, 0] == pytest.approx([0.0, 1.0, 1.0, 0.0], abs=0.05)
    flat = linear.outputs(CORNERS[:4], linear.fit(CORNERS, EITHER, 0))
    assert flat[:, 0] == pytest.approx([0.5, 0.5, 0.5, 0.5], abs=0.15)


def test_sparse_and_dense_rows_give_the_same_network() -> None:
    network = _network(is_bent=True, epochs=5)
    dense = network.outputs(CORNERS[:4], network.fit(CORNERS + 1, EITHER, 0))
    sparse = network.outputs(CORNERS[:4], network.fit(csr_matrix(CORNERS + 1), EITHER, 0))
    assert sparse == pytest.approx(dense, abs=1e-4)


def test_one_of_several_sums_to_one_and_knows_the_classes() -> None:
    network = _network(is_bent=True, ends="one of")
    labels = (2 * CORNERS[:, 0] + CORNERS[:, 1]).astype(int)
    found = network.outputs(CORNERS[:4], network.fit(CORNERS, np.eye(4)[labels], 0))
    assert found.sum(axis=1) == pytest.approx(np.ones(4))
    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_a_missing_target_teaches_nothing() -> None:
    network = _network(is_bent=False)
    targets = np.column_stack([np.ones(128), np.where(np.arange(128) % 2, np.nan, 1.0)])
    found = network.outputs(CORNERS[:4], network.fit(CORNERS, targets, 0))
    assert found == pytest.approx(np.ones((4, 2)), abs=0.02)


def test_the_seed_decides_all_chance() -> None:
    network = Network(hidden=4, is_bent=False, ends="each", epochs=2, rate=0.01, noise=0.1)
    first, again, other = (network.fit(CORNERS, EITHER, seed)["inner"] for seed in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()

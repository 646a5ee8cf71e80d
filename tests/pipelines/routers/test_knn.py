"""The nearest neighbours are found exactly, however they are looked for."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routers.knn import GROUP, _largest


@pytest.mark.parametrize("n", [3, 29, 30, 31, 317, 1_000])
@pytest.mark.parametrize("k", [1, 3])
def test_the_largest_values_are_found_in_groups_as_by_sorting(n: int, k: int) -> None:
    values = np.random.default_rng(n).permutation(4 * n).reshape(4, n).astype(np.float32)
    expected = np.sort(values, axis=1)[:, n - k :]
    assert np.array_equal(np.sort(np.take_along_axis(values, _largest(values, k), axis=1), axis=1), expected)


def test_neighbours_in_one_group_are_all_found() -> None:
    values = np.zeros((1, 10 * GROUP), dtype=np.float32)
    same_group = [4, 14, 24, 34]
    values[0, same_group] = [4.0, 3.0, 2.0, 1.0]
    assert sorted(_largest(values, 4)[0].tolist()) == same_group

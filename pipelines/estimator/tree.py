"""Boosted trees as plain arrays: grown by scikit-learn, walked by numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Trees = dict[str, NDArray[Any]]

BLOCK: Final = 512


def grown(
    rows: NDArray[np.float32], targets: Floats, *, rounds: int, leaves: int, rate: float, least_rows: int, seed: int
) -> Trees:
    """Returns the trees of every column of targets, each grown on the rows whose target is known.

    Args:
        rows: array (n_queries, n_features).
        targets: array (n_queries, n_models), NaN where missing.
        rounds: trees per model.
        leaves: most leaves of a tree.
        rate: how much each tree counts.
        least_rows: fewest rows of a leaf.
        seed: of scikit-learn.

    Returns:
        The arrays `feature`, `threshold`, `left`, `right`, `value` (n_trees, most nodes), where a leaf points at
        itself, `owner` (n_trees,) with the model of each tree, `base` (n_models,) and `depth` (1,).
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    found: list[tuple[int, NDArray[Any]]] = []
    base = np.zeros(targets.shape[1])
    for model, target in enumerate(targets.T):
        known = ~np.isnan(target)
        if not known.any():
            base[model] = float(np.nanmean(targets))
            continue
        machine = HistGradientBoostingRegressor(
            max_iter=rounds, max_leaf_nodes=leaves, learning_rate=rate, min_samples_leaf=least_rows,
            early_stopping=False, random_state=seed,
        )  # fmt: skip
        # On so few rows several threads mostly wait for each other.
        with threadpool_limits(limits=1, user_api="openmp"):
            machine.fit(rows[known], target[known])
        # There is no public way to read the trees; a test holds the walk against scikit-learn's own prediction.
        base[model] = float(np.ravel(machine._baseline_prediction)[0])
        found += [(model, trees[0].nodes) for trees in machine._predictors]
    return {"base": base, **_flat(found)}


def walked(rows: NDArray[np.float32], trees: Mapping[str, NDArray[Any]]) -> Floats:
    """Returns the sum of the trees of each model, an array (n_queries, n_models)."""
    parts = [_walked(rows[start : start + BLOCK], trees) for start in range(0, len(rows), BLOCK)]
    return np.concatenate(parts) if parts else np.zeros((0, len(trees["base"])))


def _walked(rows: NDArray[np.float32], trees: Mapping[str, NDArray[Any]]) -> Floats:
    count = trees["feature"].shape[0]
    every = np.arange(count)
    place = np.zeros((len(rows), count), dtype=np.intp)
    for _ in range(int(trees["depth"][0])):
        seen = np.take_along_axis(rows, trees["feature"][every, place], axis=1)
        lower = seen <= trees["threshold"][every, place]
        place = np.where(lower, trees["left"][every, place], trees["right"][every, place])
    owners = np.eye(len(trees["base"]))[trees["owner"]]
    return np.asarray(trees["value"][every, place] @ owners + trees["base"], dtype=np.float64)


def _flat(found: Sequence[tuple[int, NDArray[Any]]]) -> Trees:
    most = max((len(nodes) for _, nodes in found), default=1)
    shape = (len(found), most)
    here = np.tile(np.arange(most), (len(found), 1))
    flat: Trees = {
        "feature": np.zeros(shape, dtype=np.int32),
        "threshold": np.zeros(shape),
        "left": here.astype(np.int32),
        "right": here.astype(np.int32),
        "value": np.zeros(shape),
        "owner": np.array([model for model, _ in found], dtype=np.int32),
        "depth": np.array([max((int(nodes["depth"].max()) for _, nodes in found), default=0)]),
    }
    for number, (_, nodes) in enumerate(found):
        inner, size = nodes["is_leaf"] == 0, len(nodes)
        flat["feature"][number, :size] = nodes["feature_idx"] * inner
        flat["threshold"][number, :size] = np.where(inner, nodes["num_threshold"], 0.0)
        flat["value"][number, :size] = nodes["value"] * ~inner
        for side in ("left", "right"):
            flat[side][number, :size] = np.where(inner, nodes[side], here[number, :size])
    return flat

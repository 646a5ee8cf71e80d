"""What has to be known of the training rows to judge a router later: costs, means, and which questions were seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipelines.error import DocumentError
from pipelines.featured import group_means, prior
from pipelines.outcome.split import seen_hashes
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routing.cost import CostModel
from pipelines.strategy import Scores

_ALMOST_NONE = 1e-6


@dataclass(frozen=True, slots=True)
class Background:
    """Holds what the training rows say apart from any strategy.

    Attributes:
        costs: what an answer of each model will cost.
        means: mean score of each model, an array (n_models,).
        tasks: the names of the tasks, sorted.
        task_means: mean score of each task and model, an array (n_tasks, n_models).
        seen: sorted hashes of the training questions and groups.
    """

    costs: CostModel
    means: Floats
    tasks: NDArray[np.str_]
    task_means: Floats
    seen: NDArray[np.uint64]

    @classmethod
    def of(cls, train: OutcomeTable) -> Self:
        """Returns the background of these rows."""
        tasks, labels = np.unique(np.array(train.tasks, dtype=np.str_), return_inverse=True)
        return cls(
            costs=CostModel.fit(train),
            means=prior(train.score),
            tasks=tasks,
            task_means=group_means(train.score, labels.reshape(-1), len(tasks), _ALMOST_NONE),
            seen=seen_hashes(train),
        )

    def task_table(self, test: OutcomeTable) -> Scores:
        """Returns the training means of each row's true task, an array (n_queries, n_models)."""
        place = {str(task): number for number, task in enumerate(self.tasks)}
        rows = [self.task_means[place[task]] if task in place else self.means for task in test.tasks]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.means))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns it as arrays to be stored."""
        return {
            "base_usd": self.costs.base_usd,
            "slope_usd": self.costs.slope_usd,
            "means": self.means,
            "tasks": self.tasks,
            "task_means": self.task_means,
            "seen": self.seen,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], n_models: int) -> Self:
        """Returns what `arrays` wrote.

        Raises:
            DocumentError: naming the array that is absent, or has the wrong shape or type.
        """
        tasks, seen = _array(arrays, "tasks", "U", None), _array(arrays, "seen", "u", None)
        numbers = {name: _array(arrays, name, "f", (n_models,)) for name in ("base_usd", "slope_usd", "means")}
        return cls(
            costs=CostModel(base_usd=numbers["base_usd"], slope_usd=numbers["slope_usd"]),
            means=numbers["means"],
            tasks=tasks,
            task_means=_array(arrays, "task_means", "f", (len(tasks), n_models)),
            seen=seen,
        )


def _array(arrays: Mapping[str, NDArray[Any]], name: str, kind: str, shape: tuple[int, ...] | None) -> NDArray[Any]:
    found = arrays.get(name)
    if found is None or found.dtype.kind != kind or (found.ndim != 1 if shape is None else found.shape != shape):
        told = "nothing" if found is None else f"{found.dtype} of the shape {found.shape}"
        wanted = "a list" if shape is None else f"the shape {shape}"
        raise DocumentError(f"The array '{name}' of a trained router is {told}; it needs {wanted} of kind '{kind}'.")
    return found

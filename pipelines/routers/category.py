"""The task of the question is guessed, and the table of tasks says which model does best there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featurizer import Features
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.signs import Signs
from pipelines.strategy import Scores
from pipelines.tasked import DOUBTED_SHARE, TaskStrategy

TOLERANCE: Final = 1e-3
"""Where the regression stops: choices do not change beyond it, and it takes half the time."""


class Category(TaskStrategy):
    """Guesses the task of a question and predicts the mean score of each model, weighted by how likely each task is.

    Source: Composition of Experts (two steps: category, then the expert of the category); here the expected score over
    the posterior of the categories instead of the likeliest one, by a multinomial logistic regression.
    """

    title: ClassVar[str] = "Task, then model"

    kind: Literal["category"] = "category"
    featurizer: AnyFeaturizer = Field(default=Signs(), description="What is seen of a question.")
    strength: float = Field(default=10.0, gt=0.0, le=1e4, description="Larger trusts the words more (inverse penalty).")
    doubted_share: float = Field(default=0.0, ge=0.0, le=0.5, description=DOUBTED_SHARE)

    def classifier(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> dict[str, NDArray[Any]]:
        """Returns the weights (n_features, n_tasks) and the bias of the tasks; one without a row is never likely."""
        from sklearn.linear_model import LogisticRegression

        machine = LogisticRegression(C=self.strength, tol=TOLERANCE, max_iter=300, random_state=seed).fit(rows, labels)
        weights, bias = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
        every = np.zeros((rows.shape[1], count), dtype=np.float32)
        every[:, machine.classes_] = weights.T
        level = np.full(count, -np.inf)
        level[machine.classes_] = bias
        return {"weights": every, "bias": level}

    def likely(self, rows: Features, learned: Mapping[str, NDArray[Any]]) -> Scores:
        """Returns the softmax over the tasks."""
        logits = np.asarray(rows @ learned["weights"] + learned["bias"])
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), dtype=np.float64)

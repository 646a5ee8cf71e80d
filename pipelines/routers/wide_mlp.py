"""Tasks told apart by a wide network on bags of words, and strangers known as such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.network import Network
from pipelines.featurizer import Features
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.strategy import Scores
from pipelines.tasked import TaskStrategy


class WideMlp(TaskStrategy):
    """Guesses the task by one wide hidden layer over the words, and knows what fits no task.

    Source: WideMLP in Guarded Query Routing (GQR-Bench), bag of words, 1,024 ReLU units, softmax; a question is out
    of domain when the largest softmax is below a threshold chosen on held-out rows; here 256 units by default.
    """

    title: ClassVar[str] = "Guarded tasks (WideMLP)"

    kind: Literal["wide_mlp"] = "wide_mlp"
    featurizer: AnyFeaturizer = Field(
        default=Tfidf(pairs=False, most_terms=20_000), description="What is seen of a question."
    )
    hidden: int = Field(default=256, ge=1, le=4_096, description="Width of the hidden layer.")
    epochs: int = Field(default=8, ge=1, le=200, description="How often every question is looked at.")
    rate: float = Field(default=3e-3, gt=0.0, le=1.0, description="Step size while learning.")

    def classifier(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> dict[str, NDArray[Any]]:
        """Returns the weights of both layers."""
        return dict(self._network.fit(rows, np.eye(count)[labels], seed))

    def likely(self, rows: Features, learned: Mapping[str, NDArray[Any]]) -> Scores:
        """Returns the softmax over the tasks."""
        return self._network.outputs(rows, learned)

    @property
    def _network(self) -> Network:
        return Network(hidden=self.hidden, is_bent=True, ends="one of", epochs=self.epochs, rate=self.rate)

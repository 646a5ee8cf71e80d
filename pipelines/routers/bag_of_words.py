"""Tasks told apart by the mean vector of hashed words and pairs, and strangers known as such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.network import Network
from pipelines.featurizer import Features
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.hashed import Hashed
from pipelines.strategy import Scores
from pipelines.tasked import TaskStrategy


class BagOfWords(TaskStrategy):
    """Guesses the task by the mean of the learned vectors of the words, and knows what fits no task.

    Source: fastText (Joulin et al. 2017, "Bag of tricks for efficient text classification"), as used for routing in
    Guarded Query Routing; Adam instead of a linearly falling SGD, a full softmax.
    """

    title: ClassVar[str] = "Guarded tasks (fastText)"

    kind: Literal["bag_of_words"] = "bag_of_words"
    featurizer: AnyFeaturizer = Field(default=Hashed(), description="What is seen of a question.")
    dims: int = Field(default=32, ge=1, le=1_024, description="Numbers of the vector of a word.")
    epochs: int = Field(default=10, ge=1, le=500, description="How often every question is looked at.")
    rate: float = Field(default=0.02, gt=0.0, le=1.0, description="Step size while learning.")

    def classifier(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> dict[str, NDArray[Any]]:
        """Returns the vectors of the words and of the tasks."""
        return dict(self._network.fit(rows, np.eye(count)[labels], seed))

    def likely(self, rows: Features, learned: Mapping[str, NDArray[Any]]) -> Scores:
        """Returns the softmax over the tasks."""
        return self._network.outputs(rows, learned)

    @property
    def _network(self) -> Network:
        return Network(hidden=self.dims, is_bent=False, ends="one of", epochs=self.epochs, rate=self.rate)

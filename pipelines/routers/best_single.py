"""The model that did best on the whole, for every question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.featured import prior
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores


class BestSingle(LearnedStrategy):
    """Predicts the mean recorded score of each model, whatever the question: what every router has to beat.

    Source: the best-single-model baseline of RouterBench; with a weight on cost it walks along the single models.
    """

    title: ClassVar[str] = "Best single model"

    kind: Literal["best_single"] = "best_single"

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the mean of each model."""
        del space, seed
        if bool(outcomes.missing.all()):
            raise ConfigurationError(f"The table '{outcomes.name}' has no scored row to learn from.")
        return self.with_state({"models": model_names(outcomes), "mean": prior(outcomes.score)})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models) of equal rows."""
        del space
        return np.tile(self.state["mean"], (len(queries), 1))

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the mean score of each model."""
        del query, space
        return {"mean": {model: float(mean) for model, mean in zip(self.models, self.state["mean"], strict=True)}}

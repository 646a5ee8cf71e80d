"""A logistic regression of each model's success."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.estimator.linear import fitted_linear, logistic
from pipelines.featured import FeaturedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.reason import spoken
from pipelines.space import Space
from pipelines.strategy import Scores


class Logistic(FeaturedStrategy):
    """Predicts how likely each model succeeds by a logistic regression on what is seen of the question.

    A score between 0 and 1 counts as that much of a success, so that pass rates and judges' grades can be learned too.

    Source: the correctness predictors of Hybrid LLM and of NVIDIA's LLM router (a sigmoid per model), without the
    encoder: linear on the features, all models in one L-BFGS.
    """

    title: ClassVar[str] = "Logistic regression"

    kind: Literal["logistic"] = "logistic"
    penalty: float = Field(default=1.0, gt=0.0, le=1e6, description="Larger trusts the mean more than the words.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with a weight per feature and model."""
        state, rows = self.looked_at(outcomes, space, seed)
        state["weights"], state["offsets"] = fitted_linear(rows, outcomes.score, "logistic", self.penalty)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        return logistic(self._logits(queries, space))

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the words that spoke for the chosen model and against the next one, in log-odds."""
        found = self.predict([query], space=space)[0]
        success = {model: float(value) for model, value in zip(self.models, found, strict=True)}
        return {"success": success, **spoken(self, query, self.state["weights"], self._logits([query], space)[0])}

    def _logits(self, queries: Sequence[str], space: Space | None) -> Scores:
        logits = self.features(queries, space) @ self.state["weights"] + self.state["offsets"]
        return np.asarray(logits, dtype=np.float64)

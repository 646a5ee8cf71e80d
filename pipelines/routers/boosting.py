"""Boosted trees for each model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.estimator.tree import grown, walked
from pipelines.featured import FeaturedStrategy, dense
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.reason import missed
from pipelines.space import Space
from pipelines.strategy import Scores


class Boosting(FeaturedStrategy):
    """Predicts the score of each model by the sum of many small decision trees on condensed features.

    Source: the XGBoost baseline of the GQR benchmark, by histogram gradient boosting (LightGBM, Ke et al. 2017) with
    squared loss, so that scores between 0 and 1 can be learned too.
    """

    title: ClassVar[str] = "Boosted trees"

    kind: Literal["boosting"] = "boosting"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=64), description="What is seen of a question.")
    rounds: int = Field(default=40, ge=1, le=1_000, description="Trees per model.")
    leaves: int = Field(default=8, ge=2, le=128, description="Most leaves of a tree.")
    rate: float = Field(default=0.1, gt=0.0, le=1.0, description="How much each tree counts.")
    least_rows: int = Field(default=20, ge=1, le=10_000, description="Fewest questions of a leaf.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the trees."""
        state, rows = self.looked_at(outcomes, space, seed)
        trees = grown(
            dense(rows), outcomes.score, rounds=self.rounds, leaves=self.leaves, rate=self.rate,
            least_rows=self.least_rows, seed=seed,
        )  # fmt: skip
        return self.with_state({**state, **trees})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores between 0 and 1, an array (n_queries, n_models)."""
        found = walked(dense(self.features(queries, space)), self.state)
        return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns how likely each model is to succeed, and on which words the lead of the chosen one hangs."""
        found = self.predict([query], space=space)[0]
        success = {model: float(value) for model, value in zip(self.models, found, strict=True)}
        return {"success": success, **missed(self, query, found)}

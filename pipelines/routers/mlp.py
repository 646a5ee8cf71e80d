"""A small neural network with one output per model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from pipelines.estimator.network import Network
from pipelines.featured import FeaturedStrategy
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.reason import missed
from pipelines.space import Space
from pipelines.strategy import Scores


class Mlp(FeaturedStrategy):
    """Predicts how likely each model succeeds by a network whose hidden layer all models share.

    Source: the MLP routers of RouterBench (one hidden layer of 100) and LLMRouter; here one network for all models with
    a masked cross-entropy, so that a question somebody was not asked still teaches about the others.
    """

    title: ClassVar[str] = "Neural network (MLP)"

    kind: Literal["mlp"] = "mlp"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=256), description="What is seen of a question.")
    hidden: int = Field(default=100, ge=1, le=2_048, description="Width of the hidden layer.")
    epochs: int = Field(default=20, ge=1, le=500, description="How often every question is looked at.")
    rate: float = Field(default=2e-3, gt=0.0, le=1.0, description="Step size while learning.")
    penalty: float = Field(default=1e-3, ge=0.0, le=10.0, description="Larger keeps the weights smaller.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the weights of both layers."""
        state, rows = self.looked_at(outcomes, space, seed)
        return self.with_state({**state, **self._network.fit(rows, outcomes.score, seed)})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        return self._network.outputs(self.features(queries, space), self.state)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns how likely each model is to succeed, and on which words the lead of the chosen one hangs."""
        found = self.predict([query], space=space)[0]
        success = {model: float(value) for model, value in zip(self.models, found, strict=True)}
        return {"success": success, **missed(self, query, found)}

    @property
    def _network(self) -> Network:
        return Network(
            hidden=self.hidden,
            is_bent=True,
            ends="each",
            epochs=self.epochs,
            rate=self.rate,
            penalty=self.penalty,
        )

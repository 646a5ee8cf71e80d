"""Models and questions as vectors in one space: their product is the success."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.estimator.network import Network
from pipelines.featured import FeaturedStrategy
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores


class MatrixFactorisation(FeaturedStrategy):
    """Gives each model a vector u and each question the vector W q + b; sigmoid(u (W q + b) + c) is the success.

    Source: RouteLLM, matrix factorisation (section 4.2), and EmbedLLM (the projected question times the model's vector,
    Gaussian noise on the question); here with cross-entropy on the scores themselves instead of on battles.
    """

    title: ClassVar[str] = "Matrix factorisation"
    unreproduced: ClassVar[str] = (
        "RouteLLM learns from 55,000 human battles on OpenAI's embeddings; here it learns from recorded scores."
    )

    kind: Literal["matrix_factorisation"] = "matrix_factorisation"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=256), description="What is seen of a question.")
    dims: int = Field(default=32, ge=1, le=1_024, description="Numbers of the vector of a model.")
    noise: float = Field(default=0.05, ge=0.0, le=2.0, description="Noise on the questions while learning.")
    epochs: int = Field(default=20, ge=1, le=500, description="How often every question is looked at.")
    rate: float = Field(default=2e-3, gt=0.0, le=1.0, description="Step size while learning.")
    penalty: float = Field(default=1e-3, ge=0.0, le=10.0, description="Larger keeps the vectors shorter.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the vectors of the models and the projection of questions."""
        state, rows = self.looked_at(outcomes, space, seed)
        return self.with_state({**state, **self._network.fit(rows, outcomes.score, seed)})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        return self._network.outputs(self.features(queries, space), self.state)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns for the likeliest model which other models are most like it: the cosine of their vectors."""
        chosen = int(self.predict([query], space=space)[0].argmax())
        vectors = self.state["outer"].T / np.maximum(np.linalg.norm(self.state["outer"], axis=0), 1e-9)[:, None]
        like = vectors @ vectors[chosen]
        order = [int(number) for number in np.argsort(-like) if number != chosen][:5]
        return {"chosen": self.models[chosen], "alike": {self.models[number]: float(like[number]) for number in order}}

    @property
    def _network(self) -> Network:
        return Network(
            hidden=self.dims,
            is_bent=False,
            ends="each",
            epochs=self.epochs,
            rate=self.rate,
            penalty=self.penalty,
            noise=self.noise,
        )

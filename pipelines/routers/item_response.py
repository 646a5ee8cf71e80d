"""Abilities of the models against the demands of the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.adam import Adam, batches
from pipelines.estimator.linear import logistic
from pipelines.featured import FeaturedStrategy, dense, prior
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

BATCH = 128
Weights = dict[str, NDArray[np.float32]]


class ItemResponse(FeaturedStrategy):
    """Predicts sigmoid(a(q) . ability - b(q)): what a question demands, and how hard it is, follow from its features.

    a(q) is never negative, so that more ability never hurts. With one dimension it is the two-parameter model, in which
    all questions rank the models alike and only the gaps differ; with more, models differ in what they are good at.

    Source: item response theory, two-parameter model (Birnbaum 1968), in several dimensions (Reckase 2009), with
    demands and difficulty predicted from the text as in IRT-Router (MIRT); by Adam instead of variational inference.
    """

    title: ClassVar[str] = "Ability and difficulty (IRT)"

    kind: Literal["item_response"] = "item_response"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=256), description="What is seen of a question.")
    dims: int = Field(default=8, ge=1, le=256, description="In how many ways models can be able.")
    epochs: int = Field(default=20, ge=1, le=500, description="How often every question is looked at.")
    rate: float = Field(default=5e-3, gt=0.0, le=1.0, description="Step size while learning.")
    penalty: float = Field(default=1e-3, ge=0.0, le=10.0, description="Larger keeps abilities and demands closer.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the abilities and what predicts demands and difficulty."""
        state, found = self.looked_at(outcomes, space, seed)
        rows = dense(found)
        weights = self._start(rows.shape[1], prior(outcomes.score), seed)
        adam = Adam(self.rate)
        for chosen in batches(len(rows), BATCH, self.epochs, seed):
            adam.step(weights, self._gradients(weights, rows[chosen], outcomes.score[chosen]))
        return self.with_state({**state, **weights})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        demands, difficulty, _ = self._asked(dense(self.features(queries, space)), self.state)
        return logistic(np.asarray(demands @ self.state["ability"].T - difficulty[:, None], dtype=np.float64))

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the difficulty of the question, how sharply it tells models apart, and their ability for it."""
        demands, difficulty, _ = self._asked(dense(self.features([query], space)), self.state)
        sharpness = float(np.linalg.norm(demands[0]))
        ability = self.state["ability"] @ demands[0] / max(sharpness, 1e-9)
        return {
            "difficulty": float(difficulty[0]) / max(sharpness, 1e-9),
            "discrimination": sharpness,
            "ability": {model: float(value) for model, value in zip(self.models, ability, strict=True)},
        }

    def _start(self, n_features: int, means: NDArray[np.float64], seed: int) -> Weights:
        rng = np.random.default_rng(seed)
        sure = np.clip(means, 0.02, 0.98)
        # The demands start at ln 2 each, so that the abilities begin where the mean scores say.
        level = np.log(sure / (1 - sure)) / (np.log(2.0) * self.dims)
        # Dimensions that begin alike stay alike, and none becomes one in which the weaker model is ahead.
        spread = rng.normal(0.0, 1.0, (len(means), self.dims))
        start = {
            "ability": level[:, None] + spread - spread.mean(axis=1, keepdims=True),
            "demand": rng.normal(0.0, 0.1, (n_features, self.dims)),
            "demand_bias": np.zeros(self.dims),
            "hardness": np.zeros(n_features),
            "hardness_bias": np.zeros(1),
        }
        return {name: array.astype(np.float32) for name, array in start.items()}

    def _asked(
        self, rows: NDArray[np.float32], weights: Any
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Returns demands (n, dims), difficulty (n,) and the demands before they are made positive."""
        before = rows @ weights["demand"] + weights["demand_bias"]
        return np.logaddexp(0.0, before), rows @ weights["hardness"] + weights["hardness_bias"][0], before

    def _gradients(self, weights: Weights, rows: NDArray[np.float32], scores: NDArray[np.float64]) -> Weights:
        demands, difficulty, before = self._asked(rows, weights)
        found = logistic(np.asarray(demands @ weights["ability"].T - difficulty[:, None], dtype=np.float64))
        slopes = (np.where(np.isnan(scores), 0.0, found - scores) / len(rows)).astype(np.float32)
        inward = (slopes @ weights["ability"]) * logistic(before.astype(np.float64)).astype(np.float32)
        harder = -slopes.sum(axis=1)
        centred = weights["ability"] - weights["ability"].mean(axis=0)
        return {
            "ability": slopes.T @ demands + self.penalty * centred,
            "demand": rows.T @ inward + self.penalty * weights["demand"],
            "demand_bias": inward.sum(axis=0),
            "hardness": rows.T @ harder + self.penalty * weights["hardness"],
            "hardness_bias": harder.sum(keepdims=True),
        }

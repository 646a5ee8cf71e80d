"""The most similar recorded questions, and how well each model did on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featured import FeaturedStrategy, dense, prior
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import Confidence
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

BLOCK: Final = 512
"""So many questions are compared at a time, so that memory stays bounded."""

GROUP: Final = 8
"""So many recorded questions share a maximum when the nearest are looked for."""


class Knn(FeaturedStrategy):
    """Predicts the weighted mean score of each model on the most similar recorded questions.

    A neighbour counts by its cosine to the power `sharpness`; `shrinkage` imagined ones stand at the overall mean.

    Source: the k-nearest-neighbour router of RouterBench (k = 40, cosine); matrix product and partition in float32.
    """

    title: ClassVar[str] = "Nearest questions (kNN)"

    kind: Literal["knn"] = "knn"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=256), description="What is seen of a question.")
    neighbours: int = Field(default=40, ge=1, le=10_000, description="How many recorded questions are looked at.")
    sharpness: float = Field(default=1.0, ge=0.0, le=64.0, description="How much more a nearer one counts; 0 equally.")
    shrinkage: float = Field(default=1.0, ge=0.0, le=1e4, description="Imagined neighbours at the overall mean.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the recorded questions and scores."""
        state, rows = self.looked_at(outcomes, space, seed)
        scores = outcomes.score.astype(np.float32)
        state |= {"rows": dense(rows), "scores": scores, "mean": prior(outcomes.score)}
        state["ids"] = np.array([shortened[:120] for shortened in outcomes.queries], dtype=np.str_)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        rows = dense(self.features(queries, space))
        parts = [self._block(rows[start : start + BLOCK]) for start in range(0, len(rows), BLOCK)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.models)))

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns the cosine of the nearest recorded question, at least 0."""
        rows = dense(self.features(queries, space))
        starts = range(0, len(rows), BLOCK)
        nearest = [(rows[start : start + BLOCK] @ self.state["rows"].T).max(axis=1, initial=0.0) for start in starts]
        return np.asarray(np.clip(np.concatenate([*nearest, np.zeros(0)]), 0.0, 1.0), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the nearest questions with their similarity and the models that solved them."""
        cosines = self.state["rows"] @ dense(self.features([query], space))[0]
        nearest = np.argsort(-cosines)[:8]
        return {
            "neighbours": [
                {
                    "query": str(self.state["ids"][row]),
                    "similarity": float(cosines[row]),
                    "scores": _named(self.models, self.state["scores"][row]),
                }
                for row in nearest
            ]
        }

    def _block(self, rows: NDArray[np.float32]) -> Scores:
        known, scores = self.state["rows"], self.state["scores"]
        cosines = rows @ known.T
        k = min(self.neighbours, len(known))
        near = _largest(cosines, k)
        weights = np.maximum(np.take_along_axis(cosines, near, axis=1), 0.0) ** self.sharpness + 1e-9
        found = scores[near]
        tried = ~np.isnan(found)
        totals = np.einsum("nk,nkm->nm", weights, np.where(tried, found, 0.0))
        counts = np.einsum("nk,nkm->nm", weights, tried)
        imagined = self.shrinkage * weights.mean(axis=1, keepdims=True)
        return np.asarray((totals + imagined * self.state["mean"]) / (counts + imagined + 1e-12), dtype=np.float64)


def _largest(values: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Returns the columns of the k largest values of each row, in no order.

    The k largest lie in the k groups of columns with the largest maxima, so that only these have to be parted: several
    times faster than parting all.
    """
    n_rows, n = values.shape
    width = n // GROUP
    if width < 2 * k:
        return np.argpartition(values, n - k, axis=1)[:, n - k :]
    tops = values[:, : width * GROUP].reshape(n_rows, GROUP, width).max(axis=1)
    groups = np.argpartition(tops, width - k, axis=1)[:, width - k :]
    members = (groups[:, None, :] + width * np.arange(GROUP)[:, None]).reshape(n_rows, -1)
    rest = np.broadcast_to(np.arange(width * GROUP, n), (n_rows, n - width * GROUP))
    members = np.concatenate([members, rest], axis=1)
    near = _largest(np.take_along_axis(values, members, axis=1), k)
    return np.take_along_axis(members, near, axis=1)


def _named(models: Sequence[str], scores: NDArray[Any]) -> dict[str, float | None]:
    return {model: None if np.isnan(score) else float(score) for model, score in zip(models, scores, strict=True)}

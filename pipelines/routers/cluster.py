"""Groups of similar questions, and how well each model does in each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.featured import FeaturedStrategy, dense, group_means
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import Confidence
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores


class Cluster(FeaturedStrategy):
    """Puts similar questions into groups and predicts the mean score of each model in the nearest groups.

    Means of small groups are drawn to the mean over all; several near groups count by exp(-sharpness * distance).

    Source: Avengers and Avengers-Pro (k-means on embeddings, scores of the nearest clusters weighed by a softmax of the
    negative distance); here means instead of ranks, and shrunk. With `balance` the performance-efficiency score of
    Avengers-Pro, alpha * accuracy + (1 - alpha) * (1 - cost / largest cost), the accuracy from 0 to 1 within a group:
    it is predicted in the place of the score.
    """

    title: ClassVar[str] = "Clusters of questions"

    kind: Literal["cluster"] = "cluster"
    featurizer: AnyFeaturizer = Field(default=Tfidf(pairs=False, dims=64), description="What is seen of a question.")
    n_clusters: int = Field(default=16, ge=1, le=1_000, description="How many groups.")
    nearest: int = Field(default=1, ge=1, le=100, description="How many near groups count.")
    sharpness: float = Field(default=9.0, ge=0.0, le=1_000.0, description="How much less a farther group counts.")
    shrinkage: float = Field(default=5.0, ge=0.0, le=1e5, description="Imagined questions at the overall mean.")
    balance: float | None = Field(
        default=None, ge=0.0, le=1.0, description="Share of accuracy against cost in a group; empty leaves cost out."
    )

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with centres and means.

        Raises:
            ConfigurationError: with `balance`, if a model has no recorded cost.
        """
        from sklearn.cluster import KMeans

        if self.balance is not None:
            _require_costs(outcomes)
        state, rows = self.looked_at(outcomes, space, seed)
        seen = dense(rows)
        count = min(self.n_clusters, len(np.unique(seen, axis=0)))
        groups = KMeans(count, n_init=4, random_state=seed).fit(seen)
        state |= {
            "centres": np.asarray(groups.cluster_centers_, dtype=np.float32),
            "means": group_means(outcomes.score, groups.labels_, count, self.shrinkage),
        }
        if self.balance is not None:
            costs = group_means(outcomes.cost_usd, groups.labels_, count, self.shrinkage)
            state["means"] = _balanced(state["means"], costs, self.balance)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        squares, means = self._squares(queries, space), self.state["means"]
        k = min(self.nearest, len(means))
        near = np.argpartition(squares, k - 1, axis=1)[:, :k]
        distances = np.sqrt(np.maximum(np.take_along_axis(squares, near, axis=1), 0.0))
        shares = np.exp(-self.sharpness * (distances - distances.min(axis=1, keepdims=True)))
        shares /= shares.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nk,nkm->nm", shares, means[near]), dtype=np.float64)

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns the cosine of the nearest centre, at least 0."""
        rows, centres = dense(self.features(queries, space)), self.state["centres"]
        cosines = rows @ (centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)).T
        return np.asarray(np.clip(cosines.max(axis=1, initial=0.0), 0.0, 1.0), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the nearest group, and what each model scored in it."""
        rows = dense(self.features([query], space))
        distances = np.linalg.norm(self.state["centres"] - rows, axis=1)
        nearest = int(distances.argmin())
        means = zip(self.models, self.state["means"][nearest].tolist(), strict=True)
        return {"cluster": nearest, "distance": float(distances[nearest]), "scores_there": dict(means)}

    def _squares(self, queries: Sequence[str], space: Space | None) -> NDArray[np.float32]:
        """Returns the squared distances to all centres, an array (n_queries, n_clusters)."""
        rows, centres = dense(self.features(queries, space)), self.state["centres"]
        found = (rows**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None, :] - 2 * rows @ centres.T
        return np.asarray(found, dtype=np.float32)


def _require_costs(outcomes: OutcomeTable) -> None:
    free = [
        model for model, known in zip(outcomes.models, ~np.isnan(outcomes.cost_usd).T, strict=True) if not known.any()
    ]
    if free:
        raise ConfigurationError(
            f"The table '{outcomes.name}' has no cost of the model '{free[0]}'; a balance of score and cost needs one."
        )


def _balanced(means: Scores, costs: Scores, balance: float) -> Scores:
    """Returns the worth of each model in each group, an array (n_groups, n_models) between 0 and 1."""
    low, high = means.min(axis=1, keepdims=True), means.max(axis=1, keepdims=True)
    accuracy = (means - low) / np.maximum(high - low, 1e-12)
    thrift = 1.0 - costs / np.maximum(costs.max(axis=1, keepdims=True), 1e-300)
    return np.asarray(balance * accuracy + (1.0 - balance) * thrift, dtype=np.float64)

"""Groups of similar questions, and how well each model does in each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.featured import FeaturedStrategy, dense, group_means
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores


class Cluster(FeaturedStrategy):
    """Puts similar questions into groups and predicts the mean score of each model in the nearest groups.

    Means of small groups are drawn to the mean over all; several near groups count by exp(-sharpness * distance).

    Source: Avengers and Avengers-Pro (k-means on embeddings, scores of the nearest clusters weighed by a softmax of the
    negative distance); here means instead of ranks, and shrunk.
    """

    title: ClassVar[str] = "Clusters of questions"

    kind: Literal["cluster"] = "cluster"
    featurizer: AnyFeaturizer = Field(default=Tfidf(pairs=False, dims=64), description="What is seen of a question.")
    n_clusters: int = Field(default=16, ge=1, le=1_000, description="How many groups.")
    nearest: int = Field(default=1, ge=1, le=100, description="How many near groups count.")
    sharpness: float = Field(default=9.0, ge=0.0, le=1_000.0, description="How much less a farther group counts.")
    shrinkage: float = Field(default=5.0, ge=0.0, le=1e5, description="Imagined questions at the overall mean.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with centres and means."""
        from sklearn.cluster import KMeans

        state, rows = self.looked_at(outcomes, space, seed)
        seen = dense(rows)
        count = min(self.n_clusters, len(np.unique(seen, axis=0)))
        groups = KMeans(count, n_init=4, random_state=seed).fit(seen)
        state |= {
            "centres": np.asarray(groups.cluster_centers_, dtype=np.float32),
            "means": group_means(outcomes.score, groups.labels_, count, self.shrinkage),
        }
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        centres, means = self.state["centres"], self.state["means"]
        rows = dense(self.features(queries, space))
        squares = (rows**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None, :] - 2 * rows @ centres.T
        k = min(self.nearest, len(centres))
        near = np.argpartition(squares, k - 1, axis=1)[:, :k]
        distances = np.sqrt(np.maximum(np.take_along_axis(squares, near, axis=1), 0.0))
        shares = np.exp(-self.sharpness * (distances - distances.min(axis=1, keepdims=True)))
        shares /= shares.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nk,nkm->nm", shares, means[near]), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the nearest group."""
        rows = dense(self.features([query], space))
        distances = np.linalg.norm(self.state["centres"] - rows, axis=1)
        nearest = int(distances.argmin())
        return {"cluster": nearest, "distance": float(distances[nearest])}

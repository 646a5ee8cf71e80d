"""Battles between models on recorded questions, the more alike the question the more they count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.strength import expected_wins
from pipelines.featured import FeaturedStrategy, dense, prior
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import Confidence
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

BLOCK: Final = 512
SCALE: Final = 400.0 / np.log(10.0)


class Elo(FeaturedStrategy):
    """Rates the models anew for every question, from battles that count by the likeness of their question.

    Two models that answered the same question fought a battle: a of score x beat b of score y by (1 + x - y) / 2. The
    weight of a battle is `base` to the power of the cosine over the largest cosine. The mean chance of beating the
    others becomes an expected score around the mean of the questions alike.

    Source: RouteLLM, similarity-weighted ranking (section 4.1: weights 10^(cosine / largest cosine), Bradley-Terry);
    battles come from recorded scores instead of votes, models are not put into tiers, and the default base
    is larger than the paper's 10.
    """

    title: ClassVar[str] = "Similarity-weighted Elo"
    unreproduced: ClassVar[str] = "RouteLLM weighs 55,000 human votes on OpenAI's embeddings; here scores make battles."

    kind: Literal["elo"] = "elo"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=64), description="What is seen of a question.")
    base: float = Field(default=1e4, ge=1.0, le=1e12, description="How much more the question most alike counts.")
    imagined: float = Field(default=0.01, gt=0.0, le=1.0, description="Ties added to each pair, as a share of all.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the recorded questions and wins; models that never met differ in nothing."""
        state, rows = self.looked_at(outcomes, space, seed)
        tried = ~outcomes.missing
        scores = np.nan_to_num(outcomes.score)
        count = tried.sum(axis=1, keepdims=True)
        # Against every other model tried: (1 + x - y) / 2 each, which sums up to this.
        wins = (count - 1 + count * scores - scores.sum(axis=1, keepdims=True)) / 2
        state |= {
            "rows": dense(rows),
            "wins": np.where(tried, wins, 0.0).astype(np.float32),
            "tried": tried,
            "level": _level(outcomes.score).astype(np.float32),
        }
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        rows = dense(self.features(queries, space))
        parts = [self._block(rows[start : start + BLOCK]) for start in range(0, len(rows), BLOCK)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.models)))

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns the cosine of the recorded question most alike, an array (n_queries,)."""
        cosines = dense(self.features(queries, space)) @ self.state["rows"].T
        return np.asarray(np.clip(cosines.max(axis=1, initial=0.0), 0.0, 1.0), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the Elo rating of each model on such questions, around 1,000."""
        chances = self._chances(self._weights(dense(self.features([query], space))))
        odds = np.log(chances[0] / np.maximum(1 - chances[0], 1e-12)).mean(axis=1)
        ratings = 1_000.0 + SCALE * (odds - odds.mean())
        return {"elo": {model: float(rating) for model, rating in zip(self.models, ratings, strict=True)}}

    def _block(self, rows: NDArray[np.float32]) -> Scores:
        weights = self._weights(rows)
        count = len(self.models)
        level = weights @ self.state["level"]
        if self.state["tried"].all():
            # Where all met all, the likeliest strengths win in the mean exactly what was won (Hunter 2004, section 2).
            others = self._wins(weights) / ((1 + self.imagined) * max(1, count - 1))
        else:
            others = (self._chances(weights).sum(axis=2) - 0.5) / max(1, count - 1)
        return np.asarray(level[:, None] + (2 * others - 1) * (count - 1) / count, dtype=np.float64)

    def _weights(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns how much each recorded question counts, an array (n, n_recorded) of rows that sum to 1."""
        cosines = rows @ self.state["rows"].T
        alike = cosines / np.maximum(cosines.max(axis=1, keepdims=True, initial=0.0), 1e-6)
        weights = np.exp(np.float32(np.log(self.base)) * (np.maximum(alike, -1.0) - 1))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)

    def _wins(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Returns the weight of the battles won, the imagined ones too, an array (n, n_models)."""
        return np.asarray(weights @ self.state["wins"] + self.imagined * (len(self.models) - 1) / 2, dtype=np.float64)

    def _chances(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Returns the chance of each model to beat each other one, an array (n, n_models, n_models)."""
        tried = self.state["tried"].astype(np.float32)
        met = np.stack([(tried * row[:, None]).T @ tried for row in weights]).astype(np.float64)
        met = (met + self.imagined) * ~np.eye(tried.shape[1], dtype=np.bool_)
        return expected_wins(self._wins(weights), met)


def _level(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the mean score of each question, as if all had been asked: unasked ones at their own mean."""
    return np.asarray(np.where(np.isnan(scores), prior(scores), scores).mean(axis=1), dtype=np.float64)

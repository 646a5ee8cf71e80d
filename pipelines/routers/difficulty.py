"""How hard a question is, guessed before any call, and what each model scores at such difficulty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.linear import fitted_linear, logistic
from pipelines.featured import FeaturedStrategy, dense
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

FOLDS = 5
Floats = NDArray[np.float64]


class Difficulty(FeaturedStrategy):
    """Guesses the share of models that fail on a question, and reads each model's score off its own curve.

    All that is seen of a question is one number, so it orders questions from easy to hard and never one model above
    another against its level for reasons of subject: choose the cheapest that is good enough with it.

    Source: HalluciBot (the chance of a wrong answer, from the query alone) and EllieSQL (the cheapest pipeline that
    solves it); here a logistic regression of the mean score, and a logistic curve per model on its cross-fitted logit.
    """

    title: ClassVar[str] = "Difficulty before the call"
    unreproduced: ClassVar[str] = (
        "HalluciBot fine-tunes an encoder on 370,000 questions; here a regression reads words."
    )

    kind: Literal["difficulty"] = "difficulty"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=256), description="What is seen of a question.")
    penalty: float = Field(default=1.0, gt=0.0, le=1e6, description="Larger trusts the words less.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with what predicts the difficulty, and a curve per model."""
        state, found = self.looked_at(outcomes, space, seed)
        rows = dense(found)
        solved = _mean_score(outcomes.score)[:, None]
        weights, offset = fitted_linear(rows, solved, "logistic", self.penalty)
        # The curves must not be fitted on difficulties of questions that the regression has seen.
        ease = self._cross_fitted(rows, solved, seed)
        slope, level = fitted_linear(ease, outcomes.score, "logistic", 1e-2)
        state |= {"weights": weights[:, 0], "offset": offset, "slope": slope[0], "level": level}
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        ease = self._ease(queries, space)
        return logistic(np.asarray(ease[:, None] * self.state["slope"] + self.state["level"], dtype=np.float64))

    def difficulty(self, queries: Sequence[str], *, space: Space | None = None) -> Floats:
        """Returns the expected share of models that fail, an array (n_queries,)."""
        return 1.0 - logistic(self._ease(queries, space))

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the guessed difficulty."""
        return {"difficulty": float(self.difficulty([query], space=space)[0])}

    def _ease(self, queries: Sequence[str], space: Space | None) -> Floats:
        rows = dense(self.features(queries, space))
        return np.asarray(rows @ self.state["weights"] + self.state["offset"][0], dtype=np.float64)

    def _cross_fitted(self, rows: NDArray[np.float32], solved: Floats, seed: int) -> NDArray[np.float32]:
        """Returns the logit of the mean score of each row by a regression that has not seen it, an array (n, 1)."""
        fold = np.random.default_rng(seed).permutation(len(rows)) % min(FOLDS, len(rows))
        ease = np.zeros((len(rows), 1), dtype=np.float32)
        for number in range(int(fold.max(initial=0)) + 1):
            here = fold == number
            rest = ~here if bool((~np.isnan(solved[~here])).any()) else np.ones(len(rows), dtype=np.bool_)
            weights, offset = fitted_linear(rows[rest], solved[rest], "logistic", self.penalty)
            ease[here] = rows[here] @ weights + offset.astype(np.float32)
        return ease


def _mean_score(scores: Floats) -> Floats:
    """Returns the mean over the models that were tried, NaN where none was, an array (n_queries,)."""
    tried = ~np.isnan(scores)
    totals, counts = np.where(tried, scores, 0.0).sum(axis=1), tried.sum(axis=1)
    return np.asarray(np.where(counts > 0, totals / np.maximum(counts, 1), np.nan), dtype=np.float64)

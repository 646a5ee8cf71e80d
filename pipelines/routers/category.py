"""The task of the question is guessed, and the table of tasks says which model does best there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.featured import FeaturedStrategy, group_means
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores


class Category(FeaturedStrategy):
    """Guesses the task of a question and predicts the mean score of each model, weighted by how likely each task is.

    Source: Composition of Experts (two steps: category, then the expert of the category); here the expected score over
    the posterior of the categories instead of the likeliest one, by a multinomial logistic regression.
    """

    title: ClassVar[str] = "Task, then model"

    kind: Literal["category"] = "category"
    strength: float = Field(default=10.0, gt=0.0, le=1e4, description="Larger trusts the words more (inverse penalty).")
    shrinkage: float = Field(default=5.0, ge=0.0, le=1e5, description="Imagined questions at the overall mean.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with a classifier of tasks and the table of means.

        Raises:
            ConfigurationError: if the table names fewer than two tasks.
        """
        from sklearn.linear_model import LogisticRegression

        names, labels = np.unique(np.array(outcomes.tasks, dtype=np.str_), return_inverse=True)
        if len(names) < 2:
            raise ConfigurationError(
                f"The table '{outcomes.name}' names {len(names)} task; '{self.title}' needs rows of two or more."
            )
        state, rows = self.looked_at(outcomes, space, seed)
        classifier = LogisticRegression(C=self.strength, max_iter=300, random_state=seed).fit(rows, labels)
        weights, bias = classifier.coef_, classifier.intercept_
        if len(names) == 2:
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
        state |= {"tasks": names, "weights": weights.T.astype(np.float32), "bias": bias.astype(np.float64)}
        state["means"] = group_means(outcomes.score, labels, len(names), self.shrinkage)
        return self.with_state(state)

    def posterior(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns how likely each task is, an array (n_queries, n_tasks)."""
        logits = np.asarray(self.features(queries, space) @ self.state["weights"] + self.state["bias"])
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), dtype=np.float64)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        return np.asarray(self.posterior(queries, space=space) @ self.state["means"], dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the likeliest tasks."""
        likely = self.posterior([query], space=space)[0]
        order = np.argsort(-likely)[:5]
        return {"tasks": {str(self.state["tasks"][number]): float(likely[number]) for number in order}}

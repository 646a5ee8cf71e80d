"""A linear regression of each model's score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featured import FeaturedStrategy, prior
from pipelines.featurizer import Features
from pipelines.outcome.table import OutcomeTable
from pipelines.reason import spoken
from pipelines.space import Space
from pipelines.strategy import Scores


class Ridge(FeaturedStrategy):
    """Predicts the score of each model by a ridge regression on what is seen of the question.

    Source: the linear and MLP regressors of RouterBench and CARROT, without the hidden layer.
    """

    title: ClassVar[str] = "Linear (ridge)"

    kind: Literal["ridge"] = "ridge"
    penalty: float = Field(default=10.0, gt=0.0, le=1e6, description="Larger trusts the mean more than the words.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with a weight per feature and model."""
        state, rows = self.looked_at(outcomes, space, seed)
        means = prior(outcomes.score)
        state |= {"mean": means, "weights": _solved(rows, outcomes.score - means, self.penalty)}
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        rows = self.features(queries, space)
        return np.asarray(rows @ self.state["weights"] + self.state["mean"], dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the words that spoke for the chosen model and against the next one, in score."""
        return spoken(self, query, self.state["weights"], self.predict([query], space=space)[0])


def _solved(rows: Features, targets: NDArray[np.float64], penalty: float) -> NDArray[np.float32]:
    """Returns the weights (n_features, n_models); models that were tried on the same rows are solved together."""
    from sklearn.linear_model import Ridge as Solver

    weights = np.zeros((rows.shape[1], targets.shape[1]), dtype=np.float32)
    tried = ~np.isnan(targets)
    patterns, place = np.unique(tried, axis=1, return_inverse=True)
    for number in range(patterns.shape[1]):
        columns = np.flatnonzero(place.reshape(-1) == number)
        known = np.flatnonzero(patterns[:, number])
        if len(known):
            solver = Solver(alpha=penalty, fit_intercept=False, solver="auto")
            solver.fit(rows[known], targets[np.ix_(known, columns)])
            weights[:, columns] = np.asarray(solver.coef_, dtype=np.float32).reshape(len(columns), -1).T
    return weights

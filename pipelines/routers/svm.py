"""A linear support vector machine for each model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.estimator.linear import fitted_linear
from pipelines.featured import FeaturedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.reason import spoken
from pipelines.space import Space
from pipelines.strategy import Scores


class Svm(FeaturedStrategy):
    """Parts the questions that a model solves from those it fails by a linear machine with squared hinge loss.

    The margin f becomes the probability (1 + f) / 2, cut to [0, 1]: the one for which such a margin costs least.

    Source: the SVM routers of LLMRouter and of the GQR benchmark; the loss is Fan et al. 2008 (LIBLINEAR, L2-loss SVC),
    the probability Zhang 2004, "Statistical behavior and consistency of classification methods", section 3.
    """

    title: ClassVar[str] = "Support vectors (linear)"

    kind: Literal["svm"] = "svm"
    penalty: float = Field(default=5.0, gt=0.0, le=1e6, description="Larger trusts the mean more than the words.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with a weight per feature and model."""
        state, rows = self.looked_at(outcomes, space, seed)
        state["weights"], state["offsets"] = fitted_linear(rows, outcomes.score, "squared hinge", self.penalty)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        return np.asarray(np.clip((1.0 + self._margins(queries, space)) / 2.0, 0.0, 1.0), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the margin of each model, and the words that spoke for the chosen one and against the next."""
        found = self._margins([query], space)[0]
        margins = {model: float(value) for model, value in zip(self.models, found, strict=True)}
        return {"margins": margins, **spoken(self, query, self.state["weights"], found)}

    def _margins(self, queries: Sequence[str], space: Space | None) -> Scores:
        rows = self.features(queries, space)
        return np.asarray(rows @ self.state["weights"] + self.state["offsets"], dtype=np.float64)

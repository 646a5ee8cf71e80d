"""What an answer will cost, known before the call: learned from recorded costs and the length of the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.outcome.table import OutcomeTable
from pipelines.strategy import Scores

LEAST_ROWS = 20


@dataclass(frozen=True, slots=True)
class CostModel:
    """Predicts the cost of an answer as base + slope * characters of the question, both per model and not negative.

    Attributes:
        base_usd: array (n_models,).
        slope_usd: array (n_models,), USD per character.
    """

    base_usd: NDArray[np.float64]
    slope_usd: NDArray[np.float64]

    @classmethod
    def fit(cls, outcomes: OutcomeTable) -> CostModel:
        """Returns the model of these recorded costs; a model without any has NaN."""
        lengths = np.array([len(query) for query in outcomes.queries], dtype=np.float64)
        lines = [_line(lengths, column) for column in outcomes.cost_usd.T]
        return cls(base_usd=np.array([base for base, _ in lines]), slope_usd=np.array([slope for _, slope in lines]))

    def predict(self, queries: Sequence[str]) -> Scores:
        """Returns the expected cost in USD, an array (n_queries, n_models)."""
        lengths = np.array([len(query) for query in queries], dtype=np.float64)
        return np.asarray(self.base_usd + lengths[:, None] * self.slope_usd, dtype=np.float64)


def _line(lengths: NDArray[np.float64], costs: NDArray[np.float64]) -> tuple[float, float]:
    known = ~np.isnan(costs)
    if not known.any():
        return float("nan"), float("nan")
    x, y = lengths[known], costs[known]
    spread = float(x.var())
    slope = float(np.cov(x, y, bias=True)[0, 1] / spread) if len(x) >= LEAST_ROWS and spread > 0 else 0.0
    slope = min(max(0.0, slope), float(y.mean() / max(x.mean(), 1.0)))
    return float(y.mean() - slope * x.mean()), slope

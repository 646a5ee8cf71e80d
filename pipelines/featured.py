"""Learned strategies that look at the question through a featurizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from pipelines.error import ConfigurationError
from pipelines.featurizer import Features, Lens
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space

_OF_FEATURES = "features."


class FeaturedStrategy(LearnedStrategy):
    """Is the base of strategies with a featurizer; what that learned lies in the state under `features.`."""

    featurizer: AnyFeaturizer = Field(default=Tfidf(), description="What is seen of a question.")

    _lens: Lens | None = PrivateAttr(default=None)

    @property
    def needs_space(self) -> bool:
        """Returns whether the featurizer reads vectors."""
        return self.featurizer.needs_space

    @property
    def lens(self) -> Lens:
        """Returns what looks at questions, made ready once."""
        if self._lens is None:
            self._lens = self.own_lens
        return self._lens

    @property
    def own_lens(self) -> Lens:
        """Returns a new lens of what this strategy learned, whatever it was given to share."""
        size = len(_OF_FEATURES)
        mine = {name[size:]: array for name, array in self.state.items() if name.startswith(_OF_FEATURES)}
        return self.featurizer.lens(mine)

    def share_lens(self, lens: Lens) -> None:
        """Takes a lens that learned the same from the same questions, so that several strategies look once."""
        self._lens = lens

    def features(self, queries: Sequence[str], space: Space | None = None) -> Features:
        """Returns the rows of numbers of these questions, seen with what was learned."""
        return self.lens.features(queries, space)

    def looked_at(
        self, outcomes: OutcomeTable, space: Space | None, seed: int
    ) -> tuple[dict[str, NDArray[Any]], Features]:
        """Returns the beginning of a state (models and features) and the rows of the training questions.

        Raises:
            ConfigurationError: if the table has no row with a score, or nothing is seen of its questions.
        """
        if outcomes.n_queries == 0 or bool(outcomes.missing.all()):
            raise ConfigurationError(f"The table '{outcomes.name}' has no scored row to learn from.")
        learned = self.featurizer.learn(outcomes.queries, space=space, seed=seed)
        state = {"models": model_names(outcomes), **{_OF_FEATURES + name: array for name, array in learned.items()}}
        rows = self.featurizer.lens(learned).features(outcomes.queries, space)
        if not rows.shape[1]:
            raise ConfigurationError(
                f"'{self.featurizer.title}' sees nothing in the questions of '{outcomes.name}', such as words."
            )
        return state, rows


def dense(rows: Features) -> NDArray[np.float32]:
    """Returns the rows as an array."""
    return rows if isinstance(rows, np.ndarray) else np.asarray(rows.toarray(), dtype=np.float32)


def prior(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the mean score of each model, an array (n_models,); the mean of all where a model was never tried."""
    tried = ~np.isnan(scores)
    totals, counts = np.where(tried, scores, 0.0).sum(axis=0), tried.sum(axis=0)
    overall = totals.sum() / max(1, counts.sum())
    return np.asarray(np.where(counts > 0, totals / np.maximum(counts, 1), overall), dtype=np.float64)


def group_means(
    scores: NDArray[np.float64], labels: NDArray[np.intp], count: int, shrinkage: float
) -> NDArray[np.float64]:
    """Returns the mean score of each group and model, drawn to the overall mean, an array (n_groups, n_models).

    Args:
        scores: array (n_queries, n_models), NaN where missing.
        labels: array (n_queries,) of group numbers.
        count: how many groups there are.
        shrinkage: how many imagined questions at the overall mean each group has.
    """
    tried = ~np.isnan(scores)
    member = np.eye(count)[labels]
    totals, counts = member.T @ np.where(tried, scores, 0.0), member.T @ tried
    return np.asarray((totals + shrinkage * prior(scores)) / np.maximum(counts + shrinkage, 1e-9), dtype=np.float64)

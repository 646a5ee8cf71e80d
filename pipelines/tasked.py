"""Learned strategies that guess the task of a question first, and know when it is none of their tasks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.featured import FeaturedStrategy, group_means, prior
from pipelines.featurizer import Features
from pipelines.learned import Confidence
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

HELD_OUT: Final = 0.2
"""This share of the training rows tells how sure a classifier is of questions it has not seen."""


DOUBTED_SHARE: Final = "Share of known questions that may be taken for strangers."


class TaskStrategy(FeaturedStrategy):
    """Is the base of strategies that classify tasks and weigh the mean scores of each task by how likely it is.

    A question whose likeliest task is less likely than that of all but `doubted_share` of the held-out training
    questions is taken for a stranger: the overall means decide there.
    """

    shrinkage: float = Field(default=5.0, ge=0.0, le=1e5, description="Imagined questions at the overall mean.")
    doubted_share: float = Field(default=0.05, ge=0.0, le=0.5, description=DOUBTED_SHARE)

    @abstractmethod
    def classifier(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> dict[str, NDArray[Any]]:
        """Returns what tells `count` tasks apart, learned of these rows."""

    @abstractmethod
    def likely(self, rows: Features, learned: Mapping[str, NDArray[Any]]) -> Scores:
        """Returns how likely each task is, an array (n_queries, n_tasks)."""

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with a classifier of tasks, the table of means and the bound of doubt.

        Raises:
            ConfigurationError: if the table names fewer than two tasks.
        """
        names, labels = np.unique(np.array(outcomes.tasks, dtype=np.str_), return_inverse=True)
        if len(names) < 2:
            raise ConfigurationError(
                f"The table '{outcomes.name}' names {len(names)} task; '{self.title}' needs rows of two or more."
            )
        state, rows = self.looked_at(outcomes, space, seed)
        state |= self.classifier(rows, labels, len(names), seed)
        state |= {
            "tasks": names,
            "means": group_means(outcomes.score, labels, len(names), self.shrinkage),
            "mean": prior(outcomes.score),
            "doubt": np.array([self._doubt(rows, labels, len(names), seed)]),
        }
        return self.with_state(state)

    def posterior(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns how likely each task is, an array (n_queries, n_tasks)."""
        return self.likely(self.features(queries, space), self.state)

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns how likely the likeliest task is, an array (n_queries,)."""
        return np.asarray(self.posterior(queries, space=space).max(axis=1, initial=0.0), dtype=np.float64)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        posterior = self.posterior(queries, space=space)
        known = posterior.max(axis=1, initial=0.0) >= self.state["doubt"][0]
        return np.where(known[:, None], posterior @ self.state["means"], self.state["mean"])

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the likeliest tasks and whether the question is taken for a stranger."""
        likely = self.posterior([query], space=space)[0]
        order = np.argsort(-likely)[:5]
        return {
            "tasks": {str(self.state["tasks"][number]): float(likely[number]) for number in order},
            "stranger": bool(likely.max() < self.state["doubt"][0]),
        }

    def _doubt(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> float:
        if not self.doubted_share:
            return 0.0
        held = np.random.default_rng([seed, 2]).random(len(labels)) < HELD_OUT
        if not held.any() or len(np.unique(labels[~held])) < 2:
            return 0.0
        learned = self.classifier(rows[~held], labels[~held], count, seed)
        return float(np.quantile(self.likely(rows[held], learned).max(axis=1), self.doubted_share))

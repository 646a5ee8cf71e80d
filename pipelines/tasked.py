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

HELD_OUT: Final = 0.1
"""This share of the training rows is kept from the classifier, to see how sure it is of questions it has not seen."""


DOUBTED_SHARE: Final = "Share of known questions that may be taken for strangers."


class TaskStrategy(FeaturedStrategy):
    """Is the base of strategies that classify tasks and weigh the mean scores of each task by how likely it is.

    A question whose likeliest task is less likely than that of all but `doubted_share` of the held-out training
    questions is a stranger. No more than this share of further questions of the known kinds is taken for one (split
    conformal: held-out and further questions are exchangeable).
    """

    shrinkage: float = Field(default=5.0, ge=0.0, le=1e5, description="Imagined questions at the overall mean.")
    doubted_share: float = Field(default=0.1, ge=0.0, le=0.5, description=DOUBTED_SHARE)
    falls_back: bool = Field(default=False, description="Strangers go to the model that is best on the whole.")

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
        held = self._held_out(labels, seed)
        state, rows = self.looked_at(outcomes.rows(~held), space, seed)
        state |= self.classifier(rows, labels[~held], len(names), seed)
        state |= {
            "tasks": names,
            "means": group_means(outcomes.score, labels, len(names), self.shrinkage),
            "mean": prior(outcomes.score),
        }
        sure = self.with_state(state).confidence(outcomes.rows(held).queries, space=space)
        allowed = int(self.doubted_share * (len(sure) + 1))
        return self.with_state({**state, "doubt": np.sort(sure)[allowed - 1 : allowed] if allowed else np.zeros(1)})

    @property
    def doubt(self) -> float:
        """Returns the likelihood of the likeliest task below which a question is taken for a stranger."""
        return float(self.state["doubt"][0])

    def posterior(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns how likely each task is, an array (n_queries, n_tasks)."""
        return self.likely(self.features(queries, space), self.state)

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns how likely the likeliest task is, an array (n_queries,)."""
        return np.asarray(self.posterior(queries, space=space).max(axis=1, initial=0.0), dtype=np.float64)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        posterior = self.posterior(queries, space=space)
        expected = np.asarray(posterior @ self.state["means"], dtype=np.float64)
        if not self.falls_back:
            return expected
        strange = posterior.max(axis=1, initial=0.0) < self.doubt
        return np.where(strange[:, None], self.state["mean"], expected)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the likeliest tasks and whether the question is taken for a stranger."""
        likely = self.posterior([query], space=space)[0]
        order = np.argsort(-likely)[:5]
        return {
            "tasks": {str(self.state["tasks"][number]): float(likely[number]) for number in order},
            "stranger": bool(likely.max() < self.doubt),
        }

    def _held_out(self, labels: NDArray[np.intp], seed: int) -> NDArray[np.bool_]:
        """Returns which rows featurizer and classifier do not see; of every task they see one at least."""
        share = HELD_OUT if self.doubted_share else 0.0
        held = np.random.default_rng([seed, 2]).random(len(labels)) < share
        held[np.unique(labels, return_index=True)[1]] = False
        return held

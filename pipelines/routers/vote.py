"""What the word of each model is worth in a vote, by the task of the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featurizer import Features
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.category import Category
from pipelines.routing.escalation import Evidence, Usual
from pipelines.routing.vote import ballots, learned_weights, right_columns, skills_of, vote_weights
from pipelines.space import Space
from pipelines.strategy import Scores
from pipelines.tasked import DOUBTED_SHARE, TaskStrategy


class Vote(TaskStrategy):
    """Learns from recorded answers how much the vote of each model should count in each task, and at each length.

    Made for the weighted vote, whose weights are the log-odds of what is predicted here; as a router it asks the model
    whose word counts most. An answer of unusually many tokens is often a guess, so the vote counts by its length too.
    Where the table records no answers the weights are those of independent voters.

    Source: skill-weighted votes (Symbolic-MoE's skills, here tasks guessed by words) with weights learned jointly by a
    conditional logit, so that models that repeat each other do not count twice.
    """

    title: ClassVar[str] = "Weights of a vote"

    kind: Literal["vote"] = "vote"
    strength: float = Field(default=10.0, gt=0.0, le=1e4, description="Larger trusts the words more (inverse penalty).")
    penalty: float = Field(default=1.0, gt=0.0, le=1e5, description="How much large weights are held back.")
    task_penalty: float = Field(default=30.0, gt=0.0, le=1e5, description="How much tasks are kept from differing.")
    length_penalty: float = Field(
        default=3.0, gt=0.0, le=1e5, description="How much the length of an answer is kept from counting."
    )
    doubted_share: float = Field(default=0.0, ge=0.0, le=0.5, description=DOUBTED_SHARE)

    def classifier(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> dict[str, NDArray[Any]]:
        """Returns the weights (n_features, n_tasks) and the bias of the tasks."""
        return Category(strength=self.strength).classifier(rows, labels, count, seed)

    def likely(self, rows: Features, learned: Mapping[str, NDArray[Any]]) -> Scores:
        """Returns the softmax over the tasks."""
        return Category(strength=self.strength).likely(rows, learned)

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with a classifier of tasks, and a weight for each task and model.

        Raises:
            ConfigurationError: if the table names fewer than two tasks.
        """
        state = dict(super().fit(outcomes, space=space, seed=seed).state)
        weights, overall = vote_weights(state["means"]), vote_weights(state["mean"])
        if outcomes.answers is not None:
            votes = ballots(outcomes)
            tasks = np.searchsorted(state["tasks"], np.array(outcomes.tasks, dtype=np.str_))
            usual = Usual.of(Evidence.of(outcomes))
            state |= usual.arrays()
            weights, overall, state["by_length"] = learned_weights(
                votes,
                right_columns(outcomes, votes),
                np.eye(len(state["tasks"]))[tasks],
                _lengths(usual, outcomes.output_tokens),
                penalty=self.penalty,
                context_penalty=self.task_penalty,
                detail_penalty=self.length_penalty,
            )
        return self.with_state({**state, "votes": weights, "vote": overall})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the skill at which each model's vote has its learned weight, an array (n_queries, n_models)."""
        posterior = self.posterior(queries, space=space)
        known = posterior.max(axis=1, initial=0.0) >= self.state["doubt"][0]
        return skills_of(np.where(known[:, None], posterior @ self.state["votes"], self.state["vote"]))

    def weights(self, queries: Sequence[str], output_tokens: Floats, *, space: Space | None = None) -> Floats:
        """Returns what the vote of each model counts, given how long its answer is, an array (n_queries, n_models).

        Args:
            queries: what is asked.
            output_tokens: of each answer, an array (n_queries, n_models); NaN counts as the usual length.
            space: the vectors of the questions where the featurizer reads them.
        """
        worth = vote_weights(self.predict(queries, space=space))
        if "by_length" in self.state:
            lengths = _lengths(Usual.load(self.state), output_tokens)
            worth = worth + np.einsum("qmd,md->qm", lengths, self.state["by_length"])
        return np.asarray(worth, dtype=np.float64)


def _lengths(usual: Usual, output_tokens: Floats) -> Floats:
    """Returns by how much answers are longer than usual, and how unusually long or short they are, or 0 and 0."""
    beyond = usual.lengths(output_tokens)
    known = ~np.isnan(output_tokens) & ~np.isnan(usual.tokens)
    return np.stack([beyond, np.where(known, beyond**2 - 1, 0.0)], axis=2)

"""Learns from one score at a time: what is uncertain is tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.featured import FeaturedStrategy, dense, prior
from pipelines.featurizer import Features
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

SEED: Final = 1_000_003
Floats = NDArray[np.float64]


class Replayed(NamedTuple):
    """Is what a bandit did on recorded questions, one after the other.

    Attributes:
        choices: array (n_queries,) of model numbers.
        rewards: what each choice scored.
        regret: sum up to each question of what the best single model would have scored more.
    """

    choices: NDArray[np.intp]
    rewards: Floats
    regret: Floats


class Bandit(FeaturedStrategy):
    """Keeps a linear estimate per model that grows with every score or vote, and rates models up where it is unsure.

    `fit` learns from a table; `updated` learns from one more answer. Upper confidence bounds add `exploration` standard
    errors; Thompson sampling draws as many at random, the same for the same question and the same past.

    Source: LinUCB with disjoint models (Li et al. 2010, algorithm 1) and Thompson sampling for linear bandits (Agrawal
    and Goyal 2013).
    """

    title: ClassVar[str] = "Bandit (learns from votes)"

    kind: Literal["bandit"] = "bandit"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=32), description="What is seen of a question.")
    rule: Literal["ucb", "thompson"] = Field(default="ucb", description="Confidence bound, or draws of the weights.")
    exploration: float = Field(default=0.3, ge=0.0, le=100.0, description="How much the unsure is preferred; 0 never.")
    penalty: float = Field(default=1.0, gt=0.0, le=1e6, description="Larger learns slower from each answer.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy that has seen every score of the table."""
        state, found = self.looked_at(outcomes, space, seed)
        rows = _with_offset(found)
        tried = ~outcomes.missing
        targets = np.where(tried, outcomes.score - prior(outcomes.score), 0.0)
        ridge = self.penalty * np.eye(rows.shape[1])
        squares = np.stack([rows[seen].T @ rows[seen] + ridge for seen in tried.T])
        state |= {
            "level": prior(outcomes.score),
            "inverse": np.linalg.inv(squares),
            "totals": (rows.T @ targets).T,
            "seen": tried.sum(axis=0).astype(np.int64),
        }
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores and what is added for doubt, an array (n_queries, n_models)."""
        return self._rated(_with_offset(self.features(queries, space)), self.state)

    def updated(self, query: str, model: str, reward: float, *, space: Space | None = None) -> Self:
        """Returns the strategy that has seen one more answer.

        Args:
            query: what was asked.
            model: who answered.
            reward: the score of the answer in [0, 1]; a vote for it is 1, against it 0.
            space: of the question, where the featurizer needs one.

        Raises:
            ConfigurationError: if there is no such model, or the reward is none.
        """
        if model not in self.models or not 0.0 <= reward <= 1.0:
            known = ", ".join(self.models)
            raise ConfigurationError(
                f"A reward of 0 to 1 for one of {known} is learned from; found {reward} for '{model}'."
            )
        state = {name: array.copy() for name, array in self.state.items()}
        _learn(state, _with_offset(self.features([query], space))[0], self.models.index(model), reward)
        return self.with_state(state)

    def replayed(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Replayed:
        """Returns what this bandit, which sees only the scores of its own choices, does on a recorded table.

        The rows come in an order drawn by the seed. A row that lacks a score is left out.

        Raises:
            ConfigurationError: if the table has other models.
        """
        if outcomes.models != self.models:
            raise ConfigurationError(f"The bandit knows {', '.join(self.models)}; the table has {outcomes.models}.")
        whole = outcomes.complete()
        order = np.random.default_rng(seed).permutation(whole.n_queries)
        rows = _with_offset(self.features(whole.queries, space))[order]
        scores = whole.score[order]
        state = {name: array.copy() for name, array in self.state.items()}
        choices = np.zeros(len(rows), dtype=np.intp)
        for number, row in enumerate(rows):
            choices[number] = int(self._rated(row[None, :], state)[0].argmax())
            _learn(state, row, int(choices[number]), float(scores[number, choices[number]]))
        rewards = scores[np.arange(len(rows)), choices]
        best = scores.mean(axis=0).argmax() if len(rows) else 0
        return Replayed(choices=choices, rewards=rewards, regret=np.cumsum(scores[:, best] - rewards))

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns what each model is expected to score, how unsure that is, and how many answers it rests on."""
        row = _with_offset(self.features([query], space))
        expected, doubt = _estimated(row, self.state)
        return {
            "estimates": {
                model: {
                    "expected": float(expected[0, n]),
                    "doubt": float(doubt[0, n]),
                    "seen": int(self.state["seen"][n]),
                }
                for n, model in enumerate(self.models)
            }
        }

    def _rated(self, rows: Floats, state: Any) -> Scores:
        expected, doubt = _estimated(rows, state)
        if self.rule == "ucb" or not self.exploration:
            return expected + self.exploration * doubt
        # Drawn from the question itself and what was seen, so that the same moment decides the same.
        drawn = np.stack(
            [
                np.random.default_rng([SEED, int(np.abs(row * 1e6).sum()), int(state["seen"].sum())]).standard_normal(
                    len(state["level"])
                )
                for row in rows
            ]
            or [np.zeros(len(state["level"]))]
        )[: len(rows)]
        return np.asarray(expected + self.exploration * doubt * drawn, dtype=np.float64)


def _estimated(rows: Floats, state: Any) -> tuple[Floats, Floats]:
    """Returns expected scores and their standard errors for a unit of noise, arrays (n, n_models)."""
    inverse = state["inverse"]
    weights = np.einsum("mij,mj->im", inverse, state["totals"])
    doubt = np.sqrt(np.maximum(np.einsum("ni,mij,nj->nm", rows, inverse, rows), 0.0))
    return np.asarray(rows @ weights + state["level"], dtype=np.float64), doubt


def _learn(state: dict[str, NDArray[Any]], row: Floats, model: int, reward: float) -> None:
    """Adds one answer to the sums of a model, by the formula of Sherman and Morrison."""
    inverse = state["inverse"][model]
    turned = inverse @ row
    state["inverse"][model] = inverse - np.outer(turned, turned) / (1.0 + row @ turned)
    state["totals"][model] += (reward - state["level"][model]) * row
    state["seen"][model] += 1


def _with_offset(rows: Features) -> Floats:
    numbers = dense(rows).astype(np.float64)
    return np.column_stack([numbers, np.ones(len(numbers))])

"""Learned cascades on recorded outcomes: what each question ends with, and the trade-off that keeps a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routing.cost import CostModel
from pipelines.routing.escalation import Evidence, walk

RATES: Final[tuple[float, ...]] = (0.0, *np.geomspace(1.0, 1000.0, 31).tolist())
"""The trade-offs that are tried, in score per USD."""

ROUNDS: Final = 3
HELD_SHARE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Outcome:
    """Is what a cascade reached on each question, arrays (n_queries,).

    Attributes:
        score: of the answer that was accepted.
        cost_usd: of all calls together, in vain or not.
        calls: how many models were asked.
    """

    score: Floats
    cost_usd: Floats
    calls: Floats

    @property
    def cost_per_success_usd(self) -> float:
        """Returns the cost of all attempts for each right answer (CPS of the SLM survey)."""
        return float(self.cost_usd.sum() / max(float(self.score.sum()), 1e-9))


class RecordedCascade:
    """Walks a trained cascade over recorded outcomes at any trade-off; what it expects is worked out once."""

    def __init__(self, cascade: LearnedCascade, costs: CostModel, table: OutcomeTable, first: Sequence[str]) -> None:
        """Takes the cascade, what calls cost, rows without holes, and the models that are asked at once.

        Raises:
            ConfigurationError: if a first model does not take part.
        """
        self._table, self._evidence = table.columns(cascade.models), Evidence.of(table.columns(cascade.models))
        self._steps = cascade.steps()
        self._first = tuple(sorted(_place(cascade, model) for model in first))
        self._costs = costs.predict(table.queries)
        found = {asked: cascade.gains(table.queries, self._evidence, asked) for asked in self._steps}
        self._gains = {asked: gain for asked, (gain, _) in found.items()}
        self._skills = next(iter(found.values()))[1]

    def at(self, score_per_usd: float) -> Outcome:
        """Returns what every question ends with, where one USD is worth this much score."""
        score, cost, calls = (np.zeros(self._table.n_queries) for _ in range(3))
        ended = walk(
            self._table.n_queries,
            self._first,
            self._steps,
            lambda asked, rows: (
                self._gains[asked][rows] - score_per_usd * self._costs[rows][:, list(self._steps[asked])]
            ),
        )
        for asked, rows in ended.items():
            elected = self._evidence.elected(asked, self._skills)
            score[rows] = self._table.score[rows, elected[rows]]
            cost[rows] = self._table.cost_usd[rows][:, list(asked)].sum(axis=1)
            calls[rows] = len(asked)
        return Outcome(score=score, cost_usd=cost, calls=calls)


@dataclass(frozen=True, slots=True)
class Trials:
    """Is what a cascade reached at every rate of `RATES` on held-out rows, means of one question, arrays (n_rates,)."""

    score: Floats
    cost_usd: Floats

    def best_within(self, budget_usd: float) -> float:
        """Returns the score per USD that spends most of a mean budget, the dearest where none keeps it.

        Only steps that are expected to gain are taken, so that spending more is expected to be better; the highest of
        the noisy held-out scores would save money that buys something.
        """
        within = np.flatnonzero(self.cost_usd <= budget_usd)
        return RATES[int(within[self.cost_usd[within].argmax()])] if len(within) else RATES[-1]


def tried(cascade: LearnedCascade, train: OutcomeTable, first: Sequence[str], *, seed: int = 0) -> Trials:
    """Returns how the cascade does at every trade-off on held-out parts of the training rows, several times.

    Source: FrugalGPT, equation 1 (accuracy under a budget), with one price of score instead of a threshold each.
    """
    scores, costs = np.zeros(len(RATES)), np.zeros(len(RATES))
    for number in range(ROUNDS):
        known, held = split_table(train, (1 - HELD_SHARE, HELD_SHARE), seed=1000 * seed + number)
        walked = RecordedCascade(cascade.fit(known, seed=seed), CostModel.fit(known), held, first)
        outcomes = [walked.at(rate) for rate in RATES]
        scores += [float(outcome.score.mean()) / ROUNDS for outcome in outcomes]
        costs += [float(outcome.cost_usd.mean()) / ROUNDS for outcome in outcomes]
    return Trials(score=scores, cost_usd=costs)


def _place(cascade: LearnedCascade, model: str) -> int:
    order = [cascade.models[place] for place in cascade.state["order"]]
    if model not in order:
        raise ConfigurationError(
            f"The model '{model}' takes no part in the cascade; those that do: {', '.join(order)}."
        )
    return cascade.models.index(model)

"""Learned cascades on recorded outcomes: what each question ends with, and the trade-off that keeps a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.outcome.table import Floats, OutcomeTable, Rows
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routing.cost import CostModel
from pipelines.routing.curve import hull, quality_at
from pipelines.routing.escalation import Asked, Evidence, walk

RATES: Final[tuple[float, ...]] = (0.0, *np.geomspace(1.0, 1000.0, 31).tolist())
"""The trade-offs that are tried, in score per USD."""

ROUNDS: Final = 3
HELD_SHARE: Final = 0.3

CHEAPEST: Final = 4
"""A cascade begins with one or two of so many models."""


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
    """Walks a trained cascade over recorded outcomes at any trade-off; remembers what it expects."""

    def __init__(self, cascade: LearnedCascade, costs: CostModel, table: OutcomeTable, first: Sequence[str]) -> None:
        """Takes the cascade, what calls cost, rows without holes, and the models that are asked at once.

        Raises:
            ConfigurationError: if a first model does not take part.
        """
        self._cascade, self._steps = cascade, cascade.steps()
        self._first = _places(cascade, first)
        self._table = table.columns(cascade.models)
        self._evidence = Evidence.of(self._table)
        self._posterior, self._looks = cascade.posterior(table.queries), cascade.looks(table.queries)
        self._skills = np.asarray(self._posterior @ cascade.state["means"], dtype=np.float64)
        self._costs = costs.predict(table.queries) * (self._posterior @ cascade.state["dearness"])
        self._gains: dict[Asked, Floats] = {}

    @property
    def models(self) -> tuple[str, ...]:
        """Returns the models of the cascade."""
        return self._table.models

    def at(self, score_per_usd: float, first: Sequence[str] | None = None) -> Outcome:
        """Returns what every question ends with, where one USD is worth this much score; `first` may begin instead."""
        score, cost, calls = (np.zeros(self._table.n_queries) for _ in range(3))
        ended = walk(
            self._table.n_queries,
            self._first if first is None else _places(self._cascade, first),
            self._steps,
            lambda asked, rows: (
                self._expected(asked, rows) - score_per_usd * self._costs[rows][:, list(self._steps[asked])]
            ),
        )
        for asked, rows in ended.items():
            elected = self._evidence.rows(rows).elected(asked, self._skills[rows])
            score[rows] = self._table.score[rows, elected]
            cost[rows] = self._table.cost_usd[rows][:, list(asked)].sum(axis=1)
            calls[rows] = len(asked)
        return Outcome(score=score, cost_usd=cost, calls=calls)

    def _expected(self, asked: Asked, rows: Rows) -> Floats:
        """Returns the expected gains of these rows, remembered."""
        shape = (self._table.n_queries, len(self._steps[asked]))
        kept = self._gains.setdefault(asked, np.full(shape, np.nan))
        new = rows[np.isnan(kept[rows]).any(axis=1)]
        if len(new):
            kept[new] = self._cascade.gains_of(self._looks[new], self._posterior[new], self._evidence.rows(new), asked)
        return kept[rows]


@dataclass(frozen=True, slots=True)
class Trials:
    """Is what a cascade reached at every rate of `RATES` on held-out rows, means of one question, arrays (n_rates,).

    Attributes:
        first: the models that were asked at once.
    """

    first: tuple[str, ...]
    score: Floats
    cost_usd: Floats

    def best_within(self, budget_usd: float) -> float:
        """Returns the score per USD that spends most of a mean budget, the dearest where none keeps it.

        Only steps that are expected to gain are taken, so that spending more is expected to be better; the highest of
        the noisy held-out scores would save money that buys something.
        """
        within = np.flatnonzero(self.cost_usd <= budget_usd)
        return RATES[int(within[self.cost_usd[within].argmax()])] if len(within) else RATES[-1]

    def reached(self, budget_usd: float) -> float:
        """Returns the score that mixing neighbouring rates reaches at a mean cost; -inf where the least is dearer."""
        if self.cost_usd.min() > budget_usd:
            return float("-inf")
        return quality_at(budget_usd, *hull(self.cost_usd, self.score))


def tried(cascade: LearnedCascade, train: OutcomeTable, first: Sequence[str], *, seed: int = 0) -> Trials:
    """Returns how the cascade does at every trade-off on held-out parts of the training rows, several times.

    Source: FrugalGPT, equation 1 (accuracy under a budget), with one price of score instead of a threshold each.
    """
    return begun(cascade, train, [first], seed=seed)[0]


def begun(
    cascade: LearnedCascade, train: OutcomeTable, firsts: Sequence[Sequence[str]], *, seed: int = 0
) -> tuple[Trials, ...]:
    """Returns how the cascade does on held-out parts of the training rows with each of several beginnings.

    Raises:
        ConfigurationError: if a first model does not take part.
    """
    scores, costs = np.zeros((2, len(firsts), len(RATES)))
    for number in range(ROUNDS):
        known, held = split_table(train, (1 - HELD_SHARE, HELD_SHARE), seed=1000 * seed + number)
        walked = RecordedCascade(cascade.fit(known, seed=seed), CostModel.fit(known), held, firsts[0])
        for place, first in enumerate(firsts):
            outcomes = [walked.at(rate, first) for rate in RATES]
            scores[place] += [float(outcome.score.mean()) / ROUNDS for outcome in outcomes]
            costs[place] += [float(outcome.cost_usd.mean()) / ROUNDS for outcome in outcomes]
    named = zip(firsts, scores, costs, strict=True)
    return tuple(Trials(first=tuple(first), score=score, cost_usd=cost) for first, score, cost in named)


def beginnings(cascade: LearnedCascade) -> tuple[tuple[str, ...], ...]:
    """Returns with whom a trained cascade may begin: its cheapest models that no cheaper one beats, and their pairs."""
    order, means = cascade.state["order"], cascade.state["mean"][cascade.state["order"]]
    leads = means > np.concatenate([[-np.inf], np.maximum.accumulate(means)[:-1]])
    cheap = [cascade.models[place] for place in order[leads][:CHEAPEST]]
    return (*((model,) for model in cheap), *combinations(cheap, 2))


def best_beginning(trials: Sequence[Trials], budgets_usd: Sequence[float]) -> Trials:
    """Returns the beginning that reaches the most score on average over these budgets, which is steadier than at one.

    A beginning that costs more than a budget counts there as reaching nothing.
    """
    return max(trials, key=lambda trial: sum(max(0.0, trial.reached(budget)) for budget in budgets_usd))


def _places(cascade: LearnedCascade, models: Sequence[str]) -> Asked:
    order = [cascade.models[place] for place in cascade.state["order"]]
    stranger = next((model for model in models if model not in order), None)
    if stranger is not None:
        raise ConfigurationError(
            f"The model '{stranger}' takes no part in the cascade; those that do: {', '.join(order)}."
        )
    return tuple(sorted(cascade.models.index(model) for model in models))

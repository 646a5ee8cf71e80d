"""Routers side by side on the same test rows, to be asked: what if cost weighs so much, what if prices change?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.choice import Choices, best
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.record import Record
from pipelines.routing.background import Background
from pipelines.routing.curve import Curve, cost_curve, hull, routed
from pipelines.routing.figures import Figure
from pipelines.routing.resample import Resamples
from pipelines.strategy import Scores

Factors = Mapping[str, float]
"""What the price of a model is multiplied with; a model that is not named keeps its price."""

NO_CHANGE: Factors = {}


class Point(Record):
    """Is what a router does at one weight of cost.

    Attributes:
        weight: lambda in score per USD; infinite asks the cheapest only.
        cost_usd: mean of a question; None where costs are not known.
        shares: how often each model is chosen.
    """

    weight: float
    accuracy: Figure
    cost_usd: float | None
    shares: dict[str, float]


class RegretRow(Record):
    """Is a question that the router sent to the wrong model.

    Attributes:
        row: number of the test row.
        regret: score lost to the best model on it.
        expected: what the router expected of the model it chose, and of the best one.
    """

    row: int
    query: str
    task: str
    chosen: str
    better: str
    score: float
    better_score: float
    regret: float
    expected: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Board:
    """Holds test rows with a score in every cell, what is known of the training rows, and what each router predicts.

    Attributes:
        predicted: by router, an array (n_queries, n_models).
    """

    test: OutcomeTable
    background: Background
    predicted: Mapping[str, Scores]

    @property
    def priced(self) -> bool:
        """Returns whether every cost is known."""
        return not bool(np.isnan(self.test.cost_usd).any() or np.isnan(self.background.costs.base_usd).any())

    def curve(self, name: str, factors: Factors = NO_CHANGE) -> Curve:
        """Returns the curve of a router at other prices; without costs its one point."""
        predicted, score = self.predicted[name], self.test.score
        if self.priced:
            expected, paid = self.costs(factors)
            return cost_curve(predicted, expected, score, paid)
        choices = best(predicted)
        quality = np.array([routed(score, choices).mean()])
        return Curve(np.zeros(1), np.full(1, np.nan), quality, choices[None, :])

    def costs(self, factors: Factors = NO_CHANGE) -> tuple[Scores, Scores]:
        """Returns the costs known before the calls and the paid ones, arrays (n_queries, n_models)."""
        scale = np.array([factors.get(model, 1.0) for model in self.test.models])
        return self.background.costs.predict(self.test.queries) * scale, self.test.cost_usd * scale

    def mix(self, factors: Factors = NO_CHANGE) -> tuple[Floats, Floats]:
        """Returns the hull of the single models (cost, accuracy): what asking them at random reaches."""
        _, paid = self.costs(factors)
        return hull(paid.mean(axis=0), self.test.score.mean(axis=0))

    def point(self, curve: Curve, place: int, factors: Factors = NO_CHANGE) -> Point:
        """Returns what a router does at one place of its curve."""
        choices, models = curve.choices[place], self.test.models
        got = routed(self.test.score, choices)
        counts = np.bincount(choices, minlength=len(models)) / max(1, len(choices))
        return Point(
            weight=float(curve.weight[place]),
            accuracy=Resamples(group_numbers(self.test), 0).figure(got),
            cost_usd=float(routed(self.costs(factors)[1], choices).mean()) if self.priced else None,
            shares={model: float(share) for model, share in zip(models, counts, strict=True)},
        )

    def gain(self, choices: Choices, model: str) -> Figure:
        """Returns the accuracy of choices minus that of one model, in pairs, with its interval."""
        score = self.test.score
        single = score[:, self.test.models.index(model)]
        return Resamples(group_numbers(self.test), 0).figure(routed(score, choices) - single)

    def null(self, choices: Choices, seed: int = 0) -> Figure:
        """Returns the accuracy of the same choices dealt to the questions at random, with its 95 % range."""
        rng = np.random.default_rng(seed)
        means = np.array([routed(self.test.score, rng.permutation(choices)).mean() for _ in range(200)])
        low, high = np.quantile(means, (0.025, 0.975))
        return Figure(value=float(means.mean()), low=float(low), high=float(high))

    def regrets(self, name: str, choices: Choices, most: int = 20) -> tuple[RegretRow, ...]:
        """Returns the questions on which most was lost; of equals those of which the router was surest."""
        score, predicted = self.test.score, self.predicted[name]
        rows = np.arange(len(score))
        top = score.argmax(axis=1)
        lost = score.max(axis=1) - routed(score, choices)
        sure = predicted[rows, choices] - predicted[rows, top]
        order = np.lexsort((-sure, -lost))[:most]
        return tuple(
            self._regret(int(row), int(choices[row]), int(top[row]), predicted) for row in order if lost[row] > 0
        )

    def by_task(self, choices: Mapping[str, Choices]) -> tuple[tuple[str, ...], NDArray[np.intp], dict[str, Floats]]:
        """Returns the tasks, their numbers of rows, and for each model, each router and the oracle its mean score."""
        tasks, labels, counts = np.unique(np.array(self.test.tasks), return_inverse=True, return_counts=True)
        columns = {model: self.test.score[:, place] for place, model in enumerate(self.test.models)}
        columns |= {name: routed(self.test.score, chosen) for name, chosen in choices.items()}
        columns["oracle"] = self.test.score.max(axis=1)
        means = {name: np.bincount(labels.reshape(-1), values) / counts for name, values in columns.items()}
        return tuple(str(task) for task in tasks), counts, means

    def _regret(self, row: int, chosen: int, top: int, predicted: Scores) -> RegretRow:
        test = self.test
        return RegretRow(
            row=row,
            query=test.queries[row],
            task=test.tasks[row],
            chosen=test.models[chosen],
            better=test.models[top],
            score=float(test.score[row, chosen]),
            better_score=float(test.score[row, top]),
            regret=float(test.score[row, top] - test.score[row, chosen]),
            expected=(float(predicted[row, chosen]), float(predicted[row, top])),
        )

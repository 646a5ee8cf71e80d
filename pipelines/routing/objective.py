"""What is wanted of a choice: the best score, the best for the money, within a budget, good enough, or allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.choice import NONE, best
from pipelines.error import ConfigurationError
from pipelines.record import Record
from pipelines.strategy import Scores

Rule = Literal["score", "trade_off", "cheapest_above", "within"]

Choices = NDArray[np.intp]
Allowed = NDArray[np.bool_]
Floats = NDArray[np.float64]
HALVINGS: Final = 80
NUMBERS: Final[Mapping[Rule, str]] = {
    "trade_off": "score_per_usd",
    "cheapest_above": "enough",
    "within": "budget_usd",
}
"""The number that each rule looks at."""

_GOOD: Final = 100.0
_NEAR: Final = 1e-3


class Objective(Record):
    """Says what is wanted of the choice of a model; a trained router may carry one on its card.

    Attributes:
        rule: the best score, the best score less cost, the cheapest that is good enough (else the best), or the best
            that a question may cost.

    Source: the willingness to pay of RouterBench and CARROT (score less cost, with time as a second cost as in
    Tryage); NVIDIA's LLM router v2 (the cheapest model whose expected score reaches a threshold).
    """

    rule: Rule = "score"
    score_per_usd: float = Field(default=10.0, ge=0.0, le=1e6)
    enough: float = Field(default=0.7, ge=0.0, le=1.0)
    budget_usd: float = Field(default=0.01, ge=0.0, le=1e6)

    @property
    def told(self) -> str:
        """Returns what is wanted in a few words."""
        return {
            "score": "the best score",
            "trade_off": f"the best score less {self.score_per_usd:g} per USD",
            "cheapest_above": f"the cheapest that scores {self.enough:.2f}",
            "within": f"the best score for ${self.budget_usd:g}",
        }[self.rule]

    def config(self) -> dict[str, str | float]:
        """Returns the configuration of a node that chooses in this way."""
        number = NUMBERS.get(self.rule)
        return {"objective": self.rule, **({number: getattr(self, number)} if number else {})}

    @property
    def needs_costs(self) -> bool:
        """Says whether the cost of every answer has to be known."""
        return self.rule != "score"

    def worth(self, scores: Floats, costs_usd: Floats) -> Floats:
        """Returns a number for each model that is larger the better it serves, -inf where it may not be chosen.

        Where the cheapest that is good enough is wanted, the good ones lie so far above the others, and so near to each
        other, that a wish (`pipelines.routing.selection`) decides among them but never against them.

        Args:
            scores: expected, an array (..., n_models).
            costs_usd: expected, the same shape, no NaN unless the rule looks at scores only.
        """
        if self.rule == "score":
            return scores
        if self.rule == "trade_off":
            return np.asarray(scores - self.score_per_usd * costs_usd, dtype=np.float64)
        if self.rule == "within":
            return np.where(costs_usd <= self.budget_usd, scores, -np.inf)
        dearest = float(costs_usd.max(initial=0.0)) or 1.0
        return np.where(scores >= self.enough, _GOOD - _NEAR * costs_usd / dearest, scores)


def choose(
    aim: Objective,
    scores: Scores,
    costs_usd: Scores,
    *,
    latency_s: Scores | None = None,
    score_per_s: float = 0.0,
    may: Allowed | None = None,
) -> Choices:
    """Returns the model that serves each question best, an array (n_queries,); -1 where none may answer.

    Args:
        aim: what is wanted.
        scores: expected, an array (n_queries, n_models).
        costs_usd: expected, the same shape.
        latency_s: expected, the same shape, if time is a second cost.
        score_per_s: how much score a second is worth.
        may: which model may answer which question.
    """
    worth = aim.worth(scores, costs_usd) - (0.0 if latency_s is None else score_per_s * latency_s)
    return _among(worth, np.isfinite(worth) if may is None else may & np.isfinite(worth))


def panel(scores: Scores, size: int, *, may: Allowed | None = None) -> Choices:
    """Returns the best models of each question, the best first, an array (n_queries, size); -1 is none."""
    worth = scores if may is None else np.where(may, scores, -np.inf)
    order = np.argsort(-worth, axis=1, kind="stable")[:, :size]
    return np.asarray(np.where(np.isfinite(np.take_along_axis(worth, order, axis=1)), order, NONE), dtype=np.intp)


def abstaining(choices: Choices, confidence: Floats, threshold: float) -> Choices:
    """Returns the choices, -1 where the confidence does not reach the threshold."""
    return np.asarray(np.where(confidence >= threshold, choices, NONE), dtype=np.intp)


def best_of_batch(scores: Scores, costs_usd: Scores, budget_usd: float, *, may: Allowed | None = None) -> Choices:
    """Returns the choices of the highest total score that cost no more than the budget together.

    A price of money is found by halving such that score - price * cost keeps to the budget; what then is left is spent
    on the swaps of the largest gain for it. The total is at most one question's gain from the best there is.

    Args:
        scores: array (n_queries, n_models), no NaN.
        costs_usd: the same shape, no NaN.
        budget_usd: for all questions.
        may: which model may answer which question.

    Raises:
        ConfigurationError: if even the cheapest choices exceed the budget, saying by what.

    Source: Lagrangian relaxation of the multiple-choice knapsack problem (Sinha and Zoltners 1979).
    """
    possible = np.ones_like(scores, dtype=np.bool_) if may is None else may
    if not possible.any(axis=1).all():
        raise ConfigurationError("A question of the batch has no model that may answer it.")
    rows = np.arange(len(scores))
    spent = np.where(possible, costs_usd, np.inf)
    least = float(spent.min(axis=1).sum())
    if least > budget_usd * (1 + 1e-12):
        raise ConfigurationError(f"The cheapest choices cost ${least:.6f}; the budget is ${budget_usd:.6f}.")
    free = _among(scores, possible)
    if float(costs_usd[rows, free].sum()) <= budget_usd:
        return free
    low, high = 0.0, _dearest_price(scores, spent)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        chosen = _among(scores - middle * costs_usd, possible)
        over = float(costs_usd[rows, chosen].sum()) > budget_usd
        low, high = (middle, high) if over else (low, middle)
    chosen = _among(scores - high * costs_usd, possible)
    if float(costs_usd[rows, chosen].sum()) > budget_usd:
        chosen = np.asarray(spent.argmin(axis=1), dtype=np.intp)
    return _spent_rest(chosen, scores, costs_usd, possible, budget_usd)


def _dearest_price(scores: Scores, spent: Scores) -> float:
    """Returns a price of money at which every question takes its cheapest model."""
    saving = spent - spent.min(axis=1, keepdims=True)
    real = np.isfinite(saving) & (saving > 0)
    gain = scores - np.take_along_axis(scores, spent.argmin(axis=1)[:, None], axis=1)
    ratios = gain[real] / saving[real]
    return float(max(0.0, ratios.max(initial=0.0)) * 2 + 1.0)


def _spent_rest(chosen: Choices, scores: Scores, costs: Scores, possible: Allowed, budget: float) -> Choices:
    """Returns the choices after spending what is left on single swaps, those of the largest gain first."""
    rows = np.arange(len(scores))
    left = budget - float(costs[rows, chosen].sum())
    gain = np.where(possible, scores - scores[rows, chosen][:, None], -np.inf)
    price = costs - costs[rows, chosen][:, None]
    swapped = chosen.copy()
    for place in np.argsort(-gain, axis=None, kind="stable"):
        query, model = np.unravel_index(place, gain.shape)
        if gain[query, model] <= 0:
            break
        if swapped[query] == chosen[query] and price[query, model] <= left:
            swapped[query] = model
            left -= float(price[query, model])
    return swapped


def _among(worth: Scores, may: Allowed | None) -> Choices:
    if may is None:
        return best(worth)
    found = best(np.where(may, worth, -np.inf))
    return np.asarray(np.where(may.any(axis=1), found, NONE), dtype=np.intp)

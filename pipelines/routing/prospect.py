"""What an outcome table promises before anything is trained: is routing worth it at all?"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipelines.featured import group_means
from pipelines.outcome.coverage import comparable
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.record import Record
from pipelines.routing.curve import routed
from pipelines.routing.figures import Figure
from pipelines.routing.headroom import LEAST_JUDGED, NEGLIGIBLE
from pipelines.routing.resample import Resamples

_FOLDS: Final = 5
_SHRINKAGE: Final = 2.0


class Prospect(Record):
    """Says what routing on a table could win at most, and what knowing the task alone wins.

    Attributes:
        n_rows: rows that all compared models were asked; the other numbers are of these.
        accuracy, cost_usd: of each model, the latter the mean of a question, or None where costs are not known.
        oracle, oracle_cost_usd: of asking the cheapest of the best models on each question, luck included.
        headroom: oracle minus best single model.
        task_gain: accuracy of asking for each task the model that is best at it, learned on other rows, minus that of
            the best single model; None where the table has fewer than two tasks.
        saving: share of the best single model's cost that is saved by asking, for each question, the cheapest model
            that does no worse on it; None where costs are not known.
    """

    table: str
    n_rows: int
    models: tuple[str, ...]
    best_single: str
    cheapest: str | None
    accuracy: dict[str, Figure]
    cost_usd: dict[str, float | None]
    oracle: Figure
    oracle_cost_usd: float | None
    headroom: Figure
    task_gain: Figure
    saving: Figure
    warnings: tuple[str, ...] = ()

    @property
    def has_headroom(self) -> bool:
        """Returns whether a perfect router would be more accurate at all, by half a point beyond doubt."""
        return not self.is_too_small and (self.headroom.low or 0.0) >= NEGLIGIBLE

    @property
    def is_too_small(self) -> bool:
        """Returns whether the rows are too few to tell anything."""
        return self.n_rows < LEAST_JUDGED

    @property
    def is_undecided(self) -> bool:
        """Returns whether the rows show headroom that may be chance, or are too few to show any."""
        return self.is_too_small or ((self.headroom.value or 0.0) >= NEGLIGIBLE and not self.has_headroom)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Returns in words whether routing is worth it: for accuracy, by task, for cost; or that rows are too few."""
        if self.is_too_small:
            count = "1 row" if self.n_rows == 1 else f"{self.n_rows} rows"
            return (
                f"Too few to tell whether routing is worth it: {count} with a score of every compared model, where it"
                f" takes {LEAST_JUDGED} at least.",
            )
        return tuple(filter(None, (self._for_accuracy(), self._by_task(), self._for_cost())))

    def _for_accuracy(self) -> str:
        room = self.headroom.value or 0.0
        if self.is_undecided:
            return (
                f"{self.n_rows:,} rows are too few to tell whether there is headroom: on these an oracle would win"
                f" {_points(room)} over {self.best_single} alone, which may be chance."
            )
        if not self.has_headroom:
            return (
                f"This table has no headroom: an oracle would win {_points(room)} over {self.best_single} alone, so"
                " routing for accuracy is not worth it."
            )
        low, high = (self.headroom.low or 0.0) * 100, (self.headroom.high or 0.0) * 100
        return (
            f"An oracle that knows who solves what would win {_points(room)} ({low:.1f} to {high:.1f}) over"
            f" {self.best_single} alone. Luck is part of that, so a router can recover only some of it."
        )

    def _by_task(self) -> str:
        gain = self.task_gain
        if gain.value is None or not self.has_headroom:
            return ""
        if (gain.low or 0.0) <= 0:
            return "Knowing the task alone wins nothing beyond doubt."
        return f"Knowing the task alone wins {_points(gain.value)}: a trained router has to beat that."

    def _for_cost(self) -> str:
        if self.cost_usd[self.best_single] == 0:
            return f"{self.best_single} costs nothing, so nothing can be saved."
        if self.saving.value is None:
            return "Costs are not known, so nothing can be said about saving."
        if self.saving.value < 0.01:
            return "Nothing can be saved without losing accuracy."
        return (
            f"Cost saving possible: at most {self.saving.value:.0%}, by asking for each question the cheapest model"
            f" that does no worse than {self.best_single}."
        )


def prospect(table: OutcomeTable, *, seed: int = 0) -> Prospect:
    """Returns what the table promises, on the rows that all of its comparable models were asked.

    Raises:
        ConfigurationError: if fewer than two models, or no row, can be compared.

    Source: headroom and oracle as in RouterBench and LLMRouterBench; intervals by a percentile bootstrap over groups;
    the task table is that of Composition of Experts, cross-fitted in five folds of whole groups.
    """
    _, whole, warnings = comparable(table, table)
    score, priced = whole.score, not bool(np.isnan(whole.cost_usd).any())
    cost = whole.cost_usd if priced else np.zeros_like(score)
    single = int(np.lexsort((cost.mean(axis=0), -score.mean(axis=0)))[0])
    top = score.max(axis=1)
    oracle = np.where(score == top[:, None], cost, np.inf).argmin(axis=1)
    needed = np.where(score >= score[:, [single]], cost, np.inf).min(axis=1)
    columns = [*score.T, top, top - score[:, single], _task_gains(whole, seed), needed, cost[:, single]]
    values = np.stack(columns, axis=1)
    *accuracy, oracle_accuracy, room, task_gain, saving = _figures(
        values, Resamples(group_numbers(whole), seed), priced=priced
    )
    return Prospect(
        table=whole.name,
        n_rows=whole.n_queries,
        models=whole.models,
        best_single=whole.models[single],
        cheapest=whole.models[int(cost.mean(axis=0).argmin())] if priced else None,
        accuracy=dict(zip(whole.models, accuracy, strict=True)),
        cost_usd=dict(zip(whole.models, cost.mean(axis=0).tolist() if priced else [None] * len(score.T), strict=True)),
        oracle=oracle_accuracy,
        oracle_cost_usd=float(routed(cost, oracle).mean()) if priced else None,
        headroom=room,
        task_gain=task_gain,
        saving=saving,
        warnings=warnings,
    )


def _figures(values: Floats, draws: Resamples, *, priced: bool) -> list[Figure]:
    """Returns the mean of each column but the last two, then what the last but one is short of the last; one draw."""
    means, drawn = values.mean(axis=0), draws.means(values)
    found = [
        Figure(value=None) if np.isnan(mean) else draws.between(float(mean), each)
        for mean, each in zip(means[:-2], drawn[:, :-2].T, strict=True)
    ]
    if not priced or means[-1] <= 0:
        return [*found, Figure(value=None)]
    paid = drawn[drawn[:, -1] > 0]
    return [*found, draws.between(float(1 - means[-2] / means[-1]), 1 - paid[:, -2] / paid[:, -1])]


def _task_gains(table: OutcomeTable, seed: int) -> Floats:
    """Returns what each question wins by the task table over the best single model; NaN without tasks."""
    names, labels = np.unique(np.array(table.tasks, dtype=np.str_), return_inverse=True)
    labels, groups = labels.reshape(-1), group_numbers(table)
    count = int(groups.max()) + 1
    if len(names) < 2 or count < 2 * _FOLDS:
        return np.full(table.n_queries, np.nan)
    fold = (np.random.default_rng(seed).permutation(count) % _FOLDS)[groups]
    gain = np.zeros(table.n_queries)
    for number in range(_FOLDS):
        held, rest = fold == number, fold != number
        chosen = group_means(table.score[rest], labels[rest], len(names), _SHRINKAGE).argmax(axis=1)[labels[held]]
        single = int(table.score[rest].mean(axis=0).argmax())
        gain[held] = routed(table.score[held], chosen) - table.score[held, single]
    return gain


def _points(share: float) -> str:
    return f"{share * 100:.1f} points"

"""Judges routers on rows they have not seen, beside the references every router is held against."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipelines.choice import best
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.arena import arena_score
from pipelines.routing.background import Background
from pipelines.routing.curve import (
    Choices,
    Curve,
    Floats,
    aiq,
    apgr,
    cost_at,
    cost_curve,
    cpt,
    hull,
    quality_at,
    routed,
    strong_share_curve,
)
from pipelines.routing.figures import Figure, RouterFigures
from pipelines.routing.resample import Resamples
from pipelines.space import Space
from pipelines.statistics.calibration import calibration_error
from pipelines.strategy import Scores

TIMED: Final = 300
NULLS: Final = 200
DEALT: Final = 3


@dataclass(frozen=True, slots=True)
class _Routed:
    choices: Choices
    curve: Curve | None
    preference: Floats | None
    expected: Floats | None = None


class Judge:
    """Holds the test rows, the predicted costs and the draws that every router is judged with."""

    def __init__(self, background: Background, test: OutcomeTable, seed: int) -> None:
        """Takes what the training rows say, and test rows with a score in every cell, of the same models."""
        self._background, self._test, self._seed = background, test, seed
        self._costs = background.costs.predict(test.queries)
        self._priced = not (np.isnan(self._costs).any() or np.isnan(test.cost_usd).any())
        self._groups = group_numbers(test)
        self._draws = Resamples(self._groups, seed)
        means = background.means
        # Of models that do equally well in training the cheapest is the best single one.
        cost = self._costs.mean(axis=0) if self._priced else np.zeros(len(means))
        self.single = int(np.lexsort((cost, -means))[0])
        # Of two models the weak one is the other, also where both do equally well.
        self._weak, self._strong = (1 - self.single if len(means) == 2 else int(means.argmin()), self.single)
        weak, strong = test.score[:, self._weak], test.score[:, self._strong]
        self._gap = self._draws.figure(strong - weak) if len(test.models) == 2 else None
        self._found: dict[str, _Routed] = {}
        dearest = float(test.cost_usd.mean(axis=0).max()) if self._priced else 0.0
        cheapest = float(test.cost_usd.mean(axis=0).min()) if self._priced else 0.0
        self._range = cheapest, dearest

    def router(self, name: str, fitted: LearnedStrategy, space: Space | None, fit_s: float | None) -> RouterFigures:
        """Times a fitted strategy and returns its figures; `fit_s` is what fitting it took."""
        began = time.perf_counter()
        predicted = fitted.predict(self._test.queries, space=space)
        batch_s = time.perf_counter() - began
        found = self.figures(name, predicted)
        return found.model_copy(
            update={
                "fit_s": fit_s,
                "decisions_per_s": len(predicted) / max(batch_s, 1e-9),
                "p99_ms": _p99_ms(fitted, self._test.queries, space),
            }
        )

    def figures(self, name: str, predicted: Scores, costs: Scores | None = None) -> RouterFigures:
        """Returns the figures of a router from what it predicts for every test row and model, its costs if need be."""
        expected = self._costs if costs is None else costs
        curve = cost_curve(predicted, expected, self._test.score, self._test.cost_usd) if self._priced else None
        preference = predicted[:, self._strong] - predicted[:, self._weak] if len(self._test.models) == 2 else None
        chosen = best(predicted)
        return self._figures(name, _Routed(chosen, curve, preference, routed(predicted, chosen)))

    def references(self) -> Iterator[tuple[str, RouterFigures]]:
        """Yields the references; the oracle breaks ties by cost, and more than two models need costs for a cheapest."""
        score, n = self._test.score, self._test.n_queries
        cost = self._test.cost_usd if self._priced else np.zeros_like(score)
        # The oracle knows scores and costs, so it predicts what comes true.
        scale = float(np.abs(cost).max()) or 1.0
        yield "oracle", self.figures("oracle", score - 1e-9 * cost / scale, cost)
        yield "best single", self._constant("best single", self.single)
        if self._priced:
            yield "cheapest", self._constant("cheapest", int(self._costs.mean(axis=0).argmin()))
        elif len(self._test.models) == 2:
            # As RouteLLM has it: of two models the weak one is the cheap one.
            yield "cheapest", self._constant("cheapest", self._weak)
        even = np.zeros(n) if len(self._test.models) == 2 else None
        dealt = np.random.default_rng(self._seed).integers(len(self._test.models), size=n)
        yield "random", self._figures("random", _Routed(dealt.astype(np.intp), self._mix(), even))
        if len(self._background.tasks) > 1:
            yield "task table", self.figures("task table", self._background.task_table(self._test))

    def difference(self, name: str) -> Figure:
        """Returns the accuracy of a router minus that of the best single model, in pairs."""
        score = self._test.score
        return self._draws.figure(routed(score, self._found[name].choices) - score[:, self.single])

    def warnings(self) -> tuple[str, ...]:
        """Returns a sentence where two models are too alike for measures that are shares of the gap between them."""
        if self._gap is None or (self._gap.low or 0.0) > 0:
            return ()
        weak, strong = self._test.models[self._weak], self._test.models[self._strong]
        return (f"APGR and CPT are not defined: on these rows {strong} is not better than {weak} beyond doubt.",)

    def headroom(self) -> Figure:
        """Returns the mean of the best score of any model, minus that of the best single model."""
        score = self._test.score
        return self._draws.figure(score.max(axis=1) - score[:, self.single])

    def gains(self, name: str) -> tuple[Figure, Figure]:
        """Returns by how much a router beats mixing the models at random, in pairs: AIQ, and share of cost saved.

        The saving is at the accuracy of the best single model, as a share of its cost; what never reaches that accuracy
        saves nothing. Without costs there is neither. The hull of many points is lucky: it picks the weights that did
        well on these very rows. What the same choices win when they are dealt to the questions at random is that luck,
        and is taken off.
        """
        curve, mix = self._found[name].curve, self._mix()
        if curve is None or mix is None:
            return Figure(value=None), Figure(value=None)
        rng = np.random.default_rng(self._seed)
        dealt = [replace(curve, choices=curve.choices[:, rng.permutation(self._test.n_queries)]) for _ in range(DEALT)]
        n_points, n_models = len(curve.cost_usd), len(mix.cost_usd)
        parts = np.cumsum([n_models, n_models, *[n_points, n_points] * (1 + DEALT)])[:-1]
        columns = np.hstack([self._per_query(each) for each in (mix, curve, *dealt)])

        def better(means: Floats) -> float:
            return _beyond_luck([aiq(*hull(*line), self._range) for line in _lines(means, parts)])

        def cheaper(means: Floats) -> float:
            lines = _lines(means, parts)
            single = float(lines[0][0][self.single]), float(lines[0][1][self.single])
            return _beyond_luck([_saving(*hull(*line), *single) for line in lines])

        return self._draws.figure(columns, better), self._draws.figure(columns, cheaper)

    def null(self, name: str) -> Figure:
        """Returns what the router's choices score when they are dealt to the questions at random."""
        rng = np.random.default_rng(self._seed)
        choices, score = self._found[name].choices, self._test.score
        means = np.array([routed(score, rng.permutation(choices)).mean() for _ in range(NULLS)])
        low, high = np.quantile(means, (0.025, 0.975))
        return Figure(value=float(means.mean()), low=float(low), high=float(high))

    def _constant(self, name: str, model: int) -> RouterFigures:
        n = self._test.n_queries
        chosen = np.full(n, model, dtype=np.intp)
        return self._figures(name, _Routed(chosen, None, None))

    def _mix(self) -> Curve | None:
        """Returns the single models as a curve: its hull is what mixing them at random reaches (the Zero router)."""
        if not self._priced:
            return None
        n, n_models = self._test.score.shape
        each = np.repeat(np.arange(n_models, dtype=np.intp)[:, None], n, axis=1)
        cost, score = self._test.cost_usd.mean(axis=0), self._test.score.mean(axis=0)
        return Curve(weight=np.zeros(n_models), cost_usd=cost, quality=score, choices=each)

    def _figures(self, name: str, found: _Routed) -> RouterFigures:
        self._found[name] = found
        score, models = self._test.score, self._test.models
        got, top = routed(score, found.choices), score.max(axis=1)
        single = score[:, self.single]
        paid = routed(self._test.cost_usd, found.choices) if self._priced else np.full(len(got), np.nan)
        shares = np.bincount(found.choices, minlength=len(models)) / max(1, len(got))
        on_curve = self._on_curve(found.curve)
        return RouterFigures(
            name=name,
            accuracy=self._draws.figure(got),
            cost_usd=self._draws.figure(paid),
            **on_curve,
            **self._two_models(found.preference),
            arena=self._draws.figure(np.stack([got, paid], axis=1), lambda means: arena_score(*means)),
            calibration_error=self._calibration(found.expected, got),
            oracle_gap_closed=self._draws.figure(np.stack([got, single, top], axis=1), _gap_closed),
            regret=float((top - got).mean()),
            entropy=float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum()),
            shares={model: float(share) for model, share in zip(models, shares, strict=True)},
            tasks=_by_task(self._test.tasks, got),
        )

    def _calibration(self, expected: Floats | None, got: Floats) -> Figure:
        if expected is None:
            return Figure(value=None)
        error = calibration_error(np.clip(expected, 0.0, 1.0), got, self._groups, seed=self._seed)
        return Figure(value=error.value, low=error.low, high=error.high)

    def _on_curve(self, curve: Curve | None) -> dict[str, object]:
        if curve is None:
            return {}
        n_points = len(curve.cost_usd)
        single = np.stack([self._test.cost_usd[:, self.single], self._test.score[:, self.single]], axis=1)
        columns = np.hstack([self._per_query(curve), single])

        def drawn(means: Floats) -> tuple[Floats, Floats, float, float]:
            return *hull(means[:n_points], means[n_points:-2]), float(means[-2]), float(means[-1])

        def saving(means: Floats) -> float:
            costs, heights, single_cost, single_score = drawn(means)
            return 1 - cost_at(single_score, costs, heights) / single_cost if single_cost else float("nan")

        def reached(means: Floats) -> float:
            costs, heights, single_cost, _ = drawn(means)
            return quality_at(single_cost, costs, heights)

        return {
            "aiq": self._draws.figure(columns, lambda means: aiq(*drawn(means)[:2], self._range)),
            "accuracy_at_best_single_cost": self._draws.figure(columns, reached),
            "saving_at_best_single_accuracy": self._draws.figure(columns, saving, undefined=0.0),
            "curve_cost_usd": tuple(float(cost) for cost in curve.cost_usd),
            "curve_accuracy": tuple(float(quality) for quality in curve.quality),
        }

    def _per_query(self, curve: Curve) -> Floats:
        """Returns cost and then score of each question at each point, an array (n_queries, 2 * n_points)."""
        costs = [routed(self._test.cost_usd, chosen) for chosen in curve.choices]
        return np.stack([*costs, *(routed(self._test.score, chosen) for chosen in curve.choices)], axis=1)

    def _two_models(self, preference: Floats | None) -> dict[str, object]:
        if preference is None:
            return {}
        weak, strong = self._test.score[:, self._weak], self._test.score[:, self._strong]
        # Shares of a gap that may be none, or the wrong way round, mean nothing.
        if self._gap is None or (self._gap.low or 0.0) <= 0:
            return {}
        curve = strong_share_curve(preference, weak, strong)
        drawn = (strong_share_curve(preference[rows], weak[rows], strong[rows]) for rows in self._draws.rows(NULLS))
        return {
            "apgr": self._draws.between(apgr(curve), np.array([apgr(each) for each in drawn])),
            "cpt50": cpt(curve, 0.5),
            "cpt80": cpt(curve, 0.8),
        }


def _lines(means: Floats, parts: Choices) -> list[tuple[Floats, Floats]]:
    """Returns cost and accuracy of each curve."""
    columns = np.split(means, parts)
    return list(zip(columns[::2], columns[1::2], strict=True))


def _beyond_luck(values: Sequence[float]) -> float:
    """Returns what the second value has over the first, less what the others have over it on average."""
    mix, own, *dealt = values
    return own - mix - max(0.0, float(np.mean(dealt)) - mix)


def _gap_closed(means: Floats) -> float:
    got, single, oracle = means
    return float((got - single) / (oracle - single)) if oracle > single else float("nan")


def _saving(costs: Floats, heights: Floats, single_cost: float, single_quality: float) -> float:
    """Returns the share of a cost that a hull saves at a quality; 0 where it does not reach it."""
    cost = cost_at(single_quality, costs, heights)
    return 0.0 if np.isnan(cost) or not single_cost else max(0.0, 1 - cost / single_cost)


def _by_task(tasks: Sequence[str], got: Floats) -> dict[str, float]:
    names = np.array(tasks)
    return {task: float(got[names == task].mean()) for task in sorted(set(tasks)) if task}


def _p99_ms(strategy: LearnedStrategy, queries: Sequence[str], space: Space | None) -> float:
    """Returns the 99th percentile of the time of a decision on one question, in milliseconds."""
    asked = [queries[n % len(queries)] for n in range(TIMED)]
    strategy.predict(asked[:1], space=space)
    took = []
    for query in asked:
        began = time.perf_counter()
        best(strategy.predict([query], space=space))
        took.append(time.perf_counter() - began)
    return float(np.quantile(took, 0.99) * 1e3)

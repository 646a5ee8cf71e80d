"""What trained routers are worth on rows they have not seen, beside the references every router is held against."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.choice import best
from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import group_numbers, refuse_leak
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.cost import CostModel
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
from pipelines.routing.figures import Figure, RouterComparison, RouterFigures
from pipelines.routing.resample import Resamples
from pipelines.space import Space
from pipelines.strategy import Scores

TIMED: Final = 300
NULLS: Final = 200


def compare_routers(
    strategies: Mapping[str, LearnedStrategy],
    train: OutcomeTable,
    test: OutcomeTable,
    *,
    space: Space | None = None,
    seed: int = 0,
) -> RouterComparison:
    """Fits every strategy on the training rows and returns how all of them do on the test rows.

    Test rows that lack a score of some model are left out, with a warning; training rows keep their holes.

    Raises:
        ConfigurationError: if a test row is also a training row, or nothing is left to test on.
    """
    refuse_leak(train, test)
    train, test, warnings = _comparable(train, test)
    judge = _Judge(train, test, seed)
    routers = [judge.router(name, strategy, space) for name, strategy in strategies.items()]
    references = dict(judge.references())
    single = references["best single"]
    headroom = (references["oracle"].accuracy.value or 0.0) - (single.accuracy.value or 0.0)
    return RouterComparison(
        table=test.name,
        n_train=train.n_queries,
        n_test=test.n_queries,
        models=test.models,
        best_single=test.models[judge.single],
        headroom=headroom,
        routers=tuple(routers),
        references=references,
        differences={name: judge.difference(name) for name in strategies},
        null_accuracy={name: judge.null(name) for name in strategies},
        warnings=tuple(warnings),
    )


def _comparable(train: OutcomeTable, test: OutcomeTable) -> tuple[OutcomeTable, OutcomeTable, list[str]]:
    """Returns both tables with the models they share, and only the test rows that all of these were asked."""
    shared = [model for model in train.models if model in test.models]
    if len(shared) < 2:
        raise ConfigurationError(
            f"The tables '{train.name}' and '{test.name}' share {len(shared)} models; two are needed to choose between."
        )
    whole = test.columns(shared).complete()
    if whole.n_queries == 0:
        raise ConfigurationError(f"No row of '{test.name}' has a score of every model; choose models that share rows.")
    warnings = []
    if whole.n_queries < test.n_queries:
        lost = test.n_queries - whole.n_queries
        warnings.append(f"{lost} of {test.n_queries} test rows lack a score of some model and were left out.")
    return train.columns(shared), whole, warnings


@dataclass(frozen=True, slots=True)
class _Routed:
    choices: Choices
    curve: Curve | None
    preference: Floats | None


class _Judge:
    """Holds the test rows, the predicted costs and the draws that every router is judged with."""

    def __init__(self, train: OutcomeTable, test: OutcomeTable, seed: int) -> None:
        self._train, self._test, self._seed = train, test, seed
        self._costs = CostModel.fit(train).predict(test.queries)
        self._priced = not (np.isnan(self._costs).any() or np.isnan(test.cost_usd).any())
        self._draws = Resamples(group_numbers(test), seed)
        means = np.nanmean(train.score, axis=0)
        self.single = int(means.argmax())
        self._weak, self._strong = (int(means.argmin()), self.single)
        self._found: dict[str, _Routed] = {}
        dearest = float(test.cost_usd.mean(axis=0).max()) if self._priced else 0.0
        cheapest = float(test.cost_usd.mean(axis=0).min()) if self._priced else 0.0
        self._range = cheapest, dearest

    def router(self, name: str, strategy: LearnedStrategy, space: Space | None) -> RouterFigures:
        """Fits a strategy, times it, and returns its figures."""
        began = time.perf_counter()
        fitted = strategy.fit(self._train, space=space, seed=self._seed)
        fit_s = time.perf_counter() - began
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

    def figures(self, name: str, predicted: Scores) -> RouterFigures:
        """Returns the figures of a router from what it predicts for every test row and model."""
        curve = cost_curve(predicted, self._costs, self._test.score, self._test.cost_usd) if self._priced else None
        preference = predicted[:, self._strong] - predicted[:, self._weak] if len(self._test.models) == 2 else None
        return self._figures(name, _Routed(best(predicted), curve, preference))

    def references(self) -> Iterator[tuple[str, RouterFigures]]:
        """Yields the references; the oracle breaks ties by cost."""
        score, n = self._test.score, self._test.n_queries
        cost = self._test.cost_usd if self._priced else np.zeros_like(score)
        # The oracle knows scores and costs, so it predicts what comes true.
        scale = float(np.abs(cost).max()) or 1.0
        oracle = self.figures("oracle", score - 1e-9 * cost / scale)
        yield "oracle", oracle
        yield "best single", self._constant("best single", self.single)
        cheapest = int(self._costs.mean(axis=0).argmin()) if self._priced else int(np.nanmean(score, axis=0).argmin())
        yield "cheapest", self._constant("cheapest", cheapest)
        even = np.zeros(n) if len(self._test.models) == 2 else None
        dealt = np.random.default_rng(self._seed).integers(len(self._test.models), size=n)
        yield "random", self._figures("random", _Routed(dealt.astype(np.intp), self._mix(), even))
        if len(set(self._train.tasks)) > 1:
            yield "task table", self.figures("task table", self._task_table())

    def difference(self, name: str) -> Figure:
        """Returns the accuracy of a router minus that of the best single model, in pairs."""
        score = self._test.score
        return self._draws.figure(routed(score, self._found[name].choices) - score[:, self.single])

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

    def _task_table(self) -> Scores:
        """Returns the training mean of each row's true task: a reference that is told the task."""
        tasks = np.array(self._train.tasks)
        overall = np.nanmean(self._train.score, axis=0)
        means = {task: np.nanmean(self._train.score[tasks == task], axis=0) for task in set(self._train.tasks)}
        return np.array([means.get(task, overall) for task in self._test.tasks])

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
            oracle_gap_closed=self._draws.figure(np.stack([got, single, top], axis=1), _gap_closed),
            regret=float((top - got).mean()),
            entropy=float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum()),
            shares={model: float(share) for model, share in zip(models, shares, strict=True)},
            tasks=_by_task(self._test.tasks, got),
        )

    def _on_curve(self, curve: Curve | None) -> dict[str, object]:
        if curve is None:
            return {"aiq": Figure(value=None)}
        n_points = len(curve.cost_usd)
        per_query = np.concatenate(
            [
                np.stack([routed(self._test.cost_usd, chosen) for chosen in curve.choices], axis=1),
                np.stack([routed(self._test.score, chosen) for chosen in curve.choices], axis=1),
            ],
            axis=1,
        )
        costs, heights = hull(curve.cost_usd, curve.quality)
        single_cost = float(self._test.cost_usd[:, self.single].mean())
        same = cost_at(float(self._test.score[:, self.single].mean()), costs, heights)
        reached = quality_at(single_cost, costs, heights)
        return {
            "aiq": self._draws.figure(
                per_query, lambda means: aiq(*hull(means[:n_points], means[n_points:]), self._range)
            ),
            "accuracy_at_best_single_cost": None if np.isnan(reached) else reached,
            "saving_at_best_single_accuracy": None if np.isnan(same) or not single_cost else 1 - same / single_cost,
            "curve_cost_usd": tuple(float(cost) for cost in curve.cost_usd),
            "curve_accuracy": tuple(float(quality) for quality in curve.quality),
        }

    def _two_models(self, preference: Floats | None) -> dict[str, object]:
        if preference is None:
            return {"apgr": Figure(value=None)}
        weak, strong = self._test.score[:, self._weak], self._test.score[:, self._strong]
        curve = strong_share_curve(preference, weak, strong)
        if curve[0] == curve[-1]:
            return {"apgr": Figure(value=None)}
        rng = np.random.default_rng(self._seed)
        draws = (rng.integers(len(weak), size=len(weak)) for _ in range(NULLS))
        found = np.array([apgr(strong_share_curve(preference[d], weak[d], strong[d])) for d in draws])
        low, high = np.nanquantile(found, (0.025, 0.975))
        return {
            "apgr": Figure(value=apgr(curve), low=float(low), high=float(high)),
            "cpt50": cpt(curve, 0.5),
            "cpt80": cpt(curve, 0.8),
        }


def _gap_closed(means: Floats) -> float:
    got, single, oracle = means
    return float((got - single) / (oracle - single)) if oracle > single else float("nan")


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

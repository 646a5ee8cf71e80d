"""When the answers at hand are good enough, and else which model to ask on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.tree import grown, walked
from pipelines.featured import group_means, prior
from pipelines.featurizer import Features
from pipelines.featurizers.surface import Surface
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.category import Category
from pipelines.routing.cost import CostModel
from pipelines.routing.escalation import Asked, Evidence, Usual, steps
from pipelines.space import Space
from pipelines.tasked import DOUBTED_SHARE, TaskStrategy

FOLDS: Final = 3
SETS: Final = 50
"""Learned from every model alone, and from sets of several up to this number in all."""

MOST_SEEN: Final = 400_000
"""Of more steps only so many, drawn at random, are learned from."""

SMALLEST_LEAF: Final = 400
"""A leaf holds at least one in so many steps, for one question takes part in many of them."""


class LearnedCascade(TaskStrategy):
    """Learns how much the answer gains in score when, after the answers at hand, one more model is asked.

    It sees the guessed task and the looks of the question, how many agree and how surely, how long answers are and
    took, and how skilled the next model is in the task; never a score. One regression serves all sets of models that
    may have been asked, so that it learns from every one of them. As a router, before any answer, it expects of each
    model its mean score in the guessed task.

    Source: FrugalGPT (Chen et al. 2023, section 3: a learned scorer and thresholds under a budget) and AutoMix; instead
    of whether the answer is right it predicts, by boosted trees, what asking on gains, so that questions which nobody
    solves are not passed on; of several next models the one worth most is asked (cascade routing, Dekoninck et al.
    2024, one step ahead).
    """

    title: ClassVar[str] = "Learned cascade"
    unreproduced: ClassVar[str] = "The scorer reads no answer's words: FrugalGPT fine-tunes DistilBERT for that."

    kind: Literal["learned_cascade"] = "learned_cascade"
    strength: float = Field(default=10.0, gt=0.0, le=1e4, description="Larger trusts the words more (inverse penalty).")
    doubted_share: float = Field(default=0.0, ge=0.0, le=0.5, description=DOUBTED_SHARE)
    most_models: int = Field(
        default=12, ge=2, le=16, description="Only so many models take part: best for their price."
    )
    most_calls: int = Field(default=4, ge=2, le=7, description="Most models asked for one question.")
    rounds: int = Field(default=80, ge=1, le=1000, description="Trees that tell what asking on gains.")
    leaves: int = Field(default=6, ge=2, le=64, description="Most leaves of a tree: how many things count together.")

    def classifier(self, rows: Features, labels: NDArray[np.intp], count: int, seed: int) -> dict[str, NDArray[Any]]:
        """Returns the weights (n_features, n_tasks) and the bias of the tasks."""
        return Category(strength=self.strength).classifier(rows, labels, count, seed)

    def likely(self, rows: Features, learned: Mapping[str, NDArray[Any]]) -> Floats:
        """Returns the softmax over the tasks."""
        return Category(strength=self.strength).likely(rows, learned)

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the expected gains of every step.

        Raises:
            ConfigurationError: if the table names fewer than two tasks.
        """
        fitted = super().fit(outcomes, space=space, seed=seed)
        state = dict(fitted.state)
        state["order"] = _order(outcomes, self.most_models)
        state["dearness"] = _dearness(outcomes, state["tasks"], self.shrinkage)
        state |= {f"look.{name}": array for name, array in Surface().learn(outcomes.queries).items()}
        state |= Usual.of(Evidence.of(outcomes)).arrays()
        posterior, skills = self._unseen(fitted, outcomes, space, seed)
        seen, gained = self.with_state(state)._steps_taken(outcomes, posterior, skills, seed)
        if not len(gained):
            return self.with_state(state)
        trees = grown(
            seen.astype(np.float32), gained[:, None],
            rounds=self.rounds, leaves=self.leaves, rate=0.06,
            least_rows=max(20, len(seen) // SMALLEST_LEAF), seed=seed,
        )  # fmt: skip
        return self.with_state({**state, **{f"tree.{name}": array for name, array in trees.items()}})

    def steps(self) -> dict[Asked, tuple[int, ...]]:
        """Returns for each set of asked models (columns of `models`) those that may be asked next."""
        return steps(self.state["order"].tolist(), self.most_calls)

    def gains(
        self, queries: Sequence[str], evidence: Evidence, asked: Asked, *, space: Space | None = None
    ) -> tuple[Floats, Floats]:
        """Returns the expected gain in score of each next model (n_queries, n_next), and the skills that elect."""
        posterior = self.posterior(queries, space=space)
        skills = np.asarray(posterior @ self.state["means"], dtype=np.float64)
        return self.gains_of(self.looks(queries), posterior, evidence, asked), skills

    def gains_of(self, looks: Floats, posterior: Floats, evidence: Evidence, asked: Asked) -> Floats:
        """Returns the expected gains of questions whose looks and tasks are known, an array (n_queries, n_next)."""
        skills = posterior @ self.state["means"]
        later = [place for place in self.state["order"].tolist() if place not in asked]
        if "tree.base" not in self.state:
            # No question was asked of two models, so nothing is known of gains.
            return np.zeros((len(posterior), len(later)))
        seen = np.hstack([evidence.features(asked, skills, self._usual), posterior, looks])
        rows = np.vstack([np.hstack([seen, _next(skills, asked, place)]) for place in later]).astype(np.float32)
        trees = {name.removeprefix("tree."): array for name, array in self.state.items() if name.startswith("tree.")}
        return np.asarray(walked(rows, trees)[:, 0].reshape(len(later), -1).T, dtype=np.float64)

    def looks(self, queries: Sequence[str]) -> Floats:
        """Returns length, digits, code and the like of the questions, an array (n_queries, n_looks)."""
        lens = Surface().lens({"mean": self.state["look.mean"], "spread": self.state["look.spread"]})
        return np.asarray(lens.features(queries, None), dtype=np.float64)

    def dearness(self, queries: Sequence[str], *, space: Space | None = None) -> Floats:
        """Returns how many times their usual cost for its length a question costs, for its guessed task.

        An array (n_queries, n_models); 1 where costs are not known.
        """
        return np.asarray(self.posterior(queries, space=space) @ self.state["dearness"], dtype=np.float64)

    def misses(self, evidence: Evidence, asked: Asked) -> bool:
        """Says whether something is not known of these answers that was known of answers in training."""
        usual, columns = self._usual, list(asked)
        return any(
            bool((np.isnan(values[:, columns]).any(axis=0) & ~np.isnan(known[columns])).any())
            for values, known in ((evidence.output_tokens, usual.tokens), (evidence.latency_s, usual.seconds))
        )

    @property
    def _usual(self) -> Usual:
        return Usual.load(self.state)

    def _steps_taken(self, table: OutcomeTable, posterior: Floats, skills: Floats, seed: int) -> tuple[Floats, Floats]:
        """Returns what was seen before steps (n_steps, n_features), and what they gained, an array (n_steps,)."""
        evidence, looks, missing = Evidence.of(table), self.looks(table.queries), table.missing
        order = self.state["order"].tolist()
        sets = _sets(order, _mean_costs(table), min(self.most_calls, len(order)), seed)
        rng = np.random.default_rng([seed, 4])
        most = max(1, MOST_SEEN // max(1, sum(len(order) - len(asked) for asked in sets)))
        seen, gained = [], []
        for asked in sets:
            rows = np.flatnonzero(~missing[:, list(asked)].any(axis=1))
            if len(rows) > most:
                rows = np.sort(rng.choice(rows, most, replace=False))
            part, mine = evidence.rows(rows), skills[rows]
            before = np.hstack([part.features(asked, mine, self._usual), posterior[rows], looks[rows]])
            now = table.score[rows, part.elected(asked, mine)]
            for place in (each for each in order if each not in asked):
                tried = ~missing[rows, place]
                elected = part.elected(tuple(sorted((*asked, place))), mine)
                seen.append(np.hstack([before, _next(mine, asked, place)])[tried])
                gained.append((table.score[rows, elected] - now)[tried])
        return np.vstack(seen), np.concatenate(gained)

    def _unseen(self, fitted: Self, outcomes: OutcomeTable, space: Space | None, seed: int) -> tuple[Floats, Floats]:
        """Returns tasks and skills of the training rows as guessed by classifiers that have not seen them."""
        tasks, rows = fitted.state["tasks"], fitted.features(outcomes.queries, space)
        labels = np.searchsorted(tasks, np.array(outcomes.tasks, dtype=np.str_)).astype(np.intp)
        posterior = np.tile(np.bincount(labels, minlength=len(tasks)) / len(labels), (len(labels), 1))
        skills = np.tile(prior(outcomes.score), (len(labels), 1))
        part = np.random.default_rng([seed, 3]).integers(FOLDS, size=len(labels))
        for number in range(FOLDS):
            held, rest = np.flatnonzero(part == number), np.flatnonzero(part != number)
            if len(held) and len(np.unique(labels[rest])) > 1:
                learned = self.classifier(rows[rest], labels[rest], len(tasks), seed)
                posterior[held] = self.likely(rows[held], learned)
                means = group_means(outcomes.score[rest], labels[rest], len(tasks), self.shrinkage)
                skills[held] = posterior[held] @ means
        return posterior, skills


def _next(skills: Floats, asked: Asked, place: int) -> Floats:
    """Returns what is known of the next model before it is asked: its skill, its lead over those asked, its column."""
    mine = skills[:, place]
    return np.stack([mine, mine - skills[:, list(asked)].max(axis=1), np.full(len(mine), float(place))], axis=1)


def _sets(order: Sequence[int], costs: Floats, most_calls: int, seed: int) -> list[Asked]:
    """Returns sets of models that may have been asked: each alone, then several, cheap ones rather than dear ones."""
    found: set[Asked] = {(place,) for place in order}
    possible = sum(1 for size in range(1, most_calls) for _ in combinations(order, size))
    known = np.where(np.isnan(costs), 1.0, costs)[list(order)]
    share = 1 / np.sqrt(np.maximum(known, 1e-9))
    rng = np.random.default_rng([seed, 5])
    while len(found) < min(SETS, possible):
        size = int(rng.integers(2, most_calls))
        drawn = rng.choice(order, size, replace=False, p=share / share.sum())
        found.add(tuple(sorted(int(place) for place in drawn)))
    return sorted(found)


def _dearness(outcomes: OutcomeTable, tasks: NDArray[Any], shrinkage: float) -> Floats:
    """Returns how many times their usual cost for its length questions of each task cost, (n_tasks, n_models)."""
    labels = np.searchsorted(tasks, np.array(outcomes.tasks, dtype=np.str_)).astype(np.intp)
    ratio = outcomes.cost_usd / np.maximum(CostModel.fit(outcomes).predict(outcomes.queries), 1e-12)
    known = ~np.isnan(outcomes.cost_usd).all(axis=0)
    return np.where(known, group_means(ratio, labels, len(tasks), shrinkage), 1.0)


def _mean_costs(outcomes: OutcomeTable) -> Floats:
    """Returns the mean cost of each model, NaN where none is known."""
    known = ~np.isnan(outcomes.cost_usd)
    counts = known.sum(axis=0)
    return np.where(counts > 0, np.nansum(outcomes.cost_usd, axis=0) / np.maximum(counts, 1), np.nan)


def _order(outcomes: OutcomeTable, most: int) -> NDArray[np.intp]:
    """Returns the columns that take part, cheapest first: those that no cheaper model beats, then the best others."""
    means, costs = prior(outcomes.score), _mean_costs(outcomes)
    by = means if np.isnan(costs).any() else costs
    order = np.lexsort((-means, by))
    leads = means[order] > np.concatenate([[-np.inf], np.maximum.accumulate(means[order])[:-1]])
    wanted = sorted(order.tolist(), key=lambda place: (not leads[order.tolist().index(place)], -means[place]))[:most]
    return np.array([place for place in order if place in wanted], dtype=np.intp)

"""When the answers at hand are good enough, and else which model to ask on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.gain import gains, learned_gains
from pipelines.featured import group_means, prior
from pipelines.featurizer import Features
from pipelines.featurizers.surface import Surface
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.category import Category
from pipelines.routing.escalation import Asked, Evidence, steps
from pipelines.space import Space
from pipelines.tasked import DOUBTED_SHARE, TaskStrategy

FOLDS = 3
SAME = 1e-6
"""What was never known in training has no larger spread than this."""


class LearnedCascade(TaskStrategy):
    """Learns how much the answer gains in score when, after the answers at hand, one more model is asked.

    It sees the guessed task and the looks of the question, who agrees with whom, and how long answers are and took;
    never a score. Models are asked in the order of their mean cost, or of their mean score where costs are unknown. As
    a router, before any answer, it expects of each model its mean score in the guessed task.

    Source: FrugalGPT (Chen et al. 2023, section 3: a learned scorer and thresholds under a budget) and AutoMix; instead
    of whether the answer is right it predicts, by a ridge regression, what asking on gains, so that questions which
    nobody solves are not passed on; of several next models the one worth most is asked (cascade routing, Dekoninck et
    al. 2024, one step ahead).
    """

    title: ClassVar[str] = "Learned cascade"
    unreproduced: ClassVar[str] = "The scorer reads no answer's words: FrugalGPT fine-tunes DistilBERT for that."

    kind: Literal["learned_cascade"] = "learned_cascade"
    strength: float = Field(default=10.0, gt=0.0, le=1e4, description="Larger trusts the words more (inverse penalty).")
    doubted_share: float = Field(default=0.0, ge=0.0, le=0.5, description=DOUBTED_SHARE)
    most_models: int = Field(default=6, ge=2, le=7, description="Only so many models take part: best for their price.")
    most_calls: int = Field(default=3, ge=2, le=7, description="Most models asked for one question.")
    penalty: float = Field(default=100.0, gt=0.0, le=1e6, description="Larger expects gains nearer to their mean.")

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
        whole = np.flatnonzero(~outcomes.missing[:, state["order"]].any(axis=1))
        state |= {f"look.{name}": array for name, array in Surface().learn(outcomes.queries).items()}
        posterior, skills = self._unseen(fitted, outcomes, space, seed)
        table, evidence = outcomes.rows(whole), Evidence.of(outcomes).rows(whole)
        looks = _looks(table.queries, state)
        for asked, later in steps(state["order"].tolist(), self.most_calls).items():
            now = _scores(table, evidence, asked, skills[whole])
            then = [_scores(table, evidence, tuple(sorted((*asked, one))), skills[whole]) for one in later]
            seen = np.hstack([evidence.features(asked, skills[whole]), looks])
            learned = learned_gains(posterior[whole], seen, np.stack(then, axis=1) - now[:, None], self.penalty)
            state |= {f"{_name(asked)}.{name}": array for name, array in learned.items()}
        return self.with_state(state)

    def steps(self) -> dict[Asked, tuple[int, ...]]:
        """Returns for each set of asked models (columns of `models`) those that may be asked next."""
        return steps(self.state["order"].tolist(), self.most_calls)

    def gains(
        self, queries: Sequence[str], evidence: Evidence, asked: Asked, *, space: Space | None = None
    ) -> tuple[Floats, Floats]:
        """Returns the expected gain in score of each next model (n_queries, n_next), and the skills that elect."""
        posterior = self.posterior(queries, space=space)
        skills = np.asarray(posterior @ self.state["means"], dtype=np.float64)
        start = f"{_name(asked)}."
        learned = {name.removeprefix(start): array for name, array in self.state.items() if name.startswith(start)}
        seen = np.hstack([evidence.features(asked, skills), _looks(queries, self.state)])
        return gains(posterior, seen, learned), skills

    def misses(self, evidence: Evidence, asked: Asked, skills: Floats) -> bool:
        """Says whether something is not known of these answers that was known of answers in training."""
        seen = evidence.features(asked, skills)
        spread = self.state[f"{_name(asked)}.spread"][: seen.shape[1]]
        return bool((np.isnan(seen).any(axis=0) & (spread > SAME)).any())

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


def _order(outcomes: OutcomeTable, most: int) -> NDArray[np.intp]:
    """Returns the columns that take part, cheapest first: those that no cheaper model beats, then the best others."""
    means, asked = prior(outcomes.score), (~np.isnan(outcomes.cost_usd)).sum(axis=0)
    costs = np.where(asked > 0, np.nansum(outcomes.cost_usd, axis=0) / np.maximum(asked, 1), np.nan)
    by = means if np.isnan(costs).any() else costs
    order = np.lexsort((-means, by))
    leads = means[order] > np.concatenate([[-np.inf], np.maximum.accumulate(means[order])[:-1]])
    wanted = sorted(order.tolist(), key=lambda place: (not leads[order.tolist().index(place)], -means[place]))[:most]
    return np.array([place for place in order if place in wanted], dtype=np.intp)


def _scores(table: OutcomeTable, evidence: Evidence, asked: Asked, skills: Floats) -> Floats:
    return np.asarray(table.score[np.arange(table.n_queries), evidence.elected(asked, skills)], dtype=np.float64)


def _looks(queries: Sequence[str], state: Mapping[str, NDArray[Any]]) -> Floats:
    """Returns length, digits, code and the like of the questions."""
    lens = Surface().lens({"mean": state["look.mean"], "spread": state["look.spread"]})
    return np.asarray(lens.features(queries, None), dtype=np.float64)


def _name(asked: Asked) -> str:
    return "gain." + "-".join(str(place) for place in asked)

"""Several answers to one question, on the rows that routers were judged on: votes, and cascades by agreement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.routing.training import Trained
from pipelines.error import ConfigurationError
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import Floats, Rows
from pipelines.record import Record
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routers.vote import Vote
from pipelines.routing.cascade import RATES, RecordedCascade, beginnings, begun, best_beginning
from pipelines.routing.figures import Figure
from pipelines.routing.resample import Resamples
from pipelines.routing.vote import ballots, vote_weights, winners

Mask = NDArray[np.bool_]
MOST_PAIRED: Final = 12
"""Of more cheaper models the pair of an agreement cascade is looked for among the best ones for their price."""


class Joint(Record):
    """Is what one way of asking several models reached on the test rows.

    Attributes:
        about: how it asks, in a sentence.
        gain: its accuracy minus that of the best single model, in pairs.
        cost_usd: of a question, all calls together; None where costs are not known.
        calls: models asked for a question, on average.
    """

    name: str
    about: str
    accuracy: Figure
    gain: Figure
    cost_usd: float | None
    calls: float


class Together(Record):
    """Is all of them, and the curve of the learned cascade at every weight of cost; empty without costs or tasks."""

    single: Joint
    joints: tuple[Joint, ...]
    curve_cost_usd: tuple[float, ...] = ()
    curve_accuracy: tuple[float, ...] = ()
    left_out: tuple[str, ...] = ()


def answered_together(trained: Trained) -> Together:
    """Returns what votes and cascades reach; all of them learn from the training rows alone.

    Raises:
        ConfigurationError: if the table records no answers, so that nobody can vote or agree.
    """
    scale = _Scale(trained)
    joints = list(scale.votes())
    left_out: list[str] = []
    curve: tuple[tuple[float, ...], tuple[float, ...]] = (), ()
    if trained.board.priced:
        agreed = scale.agreement()
        joints += [agreed] if agreed else []
        try:
            cascade, curve = scale.cascade()
            joints.append(cascade)
        except ConfigurationError as error:
            left_out.append(f"Learned cascade: {error}")
    return Together(
        single=scale.alone(),
        joints=tuple(joints),
        curve_cost_usd=curve[0],
        curve_accuracy=curve[1],
        left_out=tuple(left_out),
    )


class _Scale:
    """Weighs ways of asking several models against the best single one."""

    def __init__(self, trained: Trained) -> None:
        self._train, self._test = trained.train, trained.board.test
        self._trained = trained
        self._single = self._test.models.index(trained.comparison.best_single)
        self._draws = Resamples(group_numbers(self._test), 0)
        self._votes = ballots(self._test)
        self._costs = trained.board.background.costs.predict(self._test.queries).mean(axis=0)

    def alone(self) -> Joint:
        """Returns the best single model."""
        name = self._test.models[self._single]
        chosen = np.full(self._test.n_queries, self._single, dtype=np.intp)
        asked: Mask = np.zeros(self._test.score.shape, dtype=np.bool_)
        asked[:, self._single] = True
        return self._joint(f"{name} alone", "The best single model of the training rows.", chosen, asked)

    def votes(self) -> Iterator[Joint]:
        """Yields the vote of all models with equal weights, and with learned ones."""
        everybody: Mask = np.ones(self._test.score.shape, dtype=np.bool_)
        n_models = len(self._test.models)
        told = f"All {n_models} models answer; the answer that most of them give is taken."
        yield self._joint("Majority vote", told, winners(self._votes, np.ones(n_models)), everybody)
        try:
            weights = Vote().fit(self._train).weights(self._test.queries, self._test.output_tokens)
            how = "by the guessed task and its length"
        except ConfigurationError:
            weights, how = vote_weights(self._trained.board.background.means), "by its accuracy"
        told = f"All {n_models} models answer; the word of each counts {how}, learned on the training rows."
        yield self._joint("Weighted vote", told, winners(self._votes, weights), everybody)

    def agreement(self) -> Joint | None:
        """Returns: ask two cheaper models, and the best single one where they disagree; None without two cheaper."""
        pair = self._pair()
        if pair is None:
            return None
        first, second = sorted(pair)
        agreed = (self._votes[:, first] >= 0) & (self._votes[:, first] == self._votes[:, second])
        asked: Mask = np.zeros(self._test.score.shape, dtype=np.bool_)
        asked[:, list(pair)] = True
        asked[~agreed, self._single] = True
        models = self._test.models
        told = f"{models[first]} and {models[second]} answer; where they disagree, {models[self._single]} is asked."
        return self._joint("Cascade by agreement", told, np.where(agreed, first, self._single), asked)

    def cascade(self) -> tuple[Joint, tuple[tuple[float, ...], tuple[float, ...]]]:
        """Returns the learned cascade within the cost of the best single model, and its curve."""
        plain = LearnedCascade()
        fitted = plain.fit(self._train)
        budget_usd = float(self._costs[self._single])
        best = best_beginning(begun(plain, self._train, beginnings(fitted)), (budget_usd / 2, budget_usd))
        walked = RecordedCascade(fitted, self._trained.board.background.costs, self._test, best.first)
        found = [walked.at(rate) for rate in RATES]
        one = found[RATES.index(best.best_within(budget_usd))]
        told = (
            f"{' and '.join(best.first)} first; others are asked while that is expected to be worth its price. Who"
            " begins and the price of score were chosen on training rows, to stay within the cost of the best single"
            " model."
        )
        joint = self._told("Learned cascade", told, one.score, one.cost_usd, one.calls)
        return joint, (_means(each.cost_usd for each in found), _means(each.score for each in found))

    def _pair(self) -> tuple[int, int] | None:
        """Returns the two cheaper models whose agreement does best on the training rows, of equals the cheapest."""
        train = self._train.complete()
        cost, score = self._costs, train.score
        # What an answer is expected to cost is known before the call; what it did cost is not.
        cheaper = [place for place in np.argsort(-score.mean(axis=0)).tolist() if cost[place] < cost[self._single]]
        if len(cheaper) < 2 or not train.n_queries:
            return None
        votes = ballots(train)

        def worth(pair: tuple[int, int]) -> tuple[float, float]:
            agreed = (votes[:, pair[0]] >= 0) & (votes[:, pair[0]] == votes[:, pair[1]])
            reached = np.where(agreed, score[:, pair[0]], score[:, self._single]).mean()
            return float(reached), -float(cost[list(pair)].sum() + (~agreed).mean() * cost[self._single])

        return max(combinations(cheaper[:MOST_PAIRED], 2), key=worth)

    def _joint(self, name: str, about: str, chosen: Rows, asked: Mask) -> Joint:
        score = self._test.score[np.arange(self._test.n_queries), chosen]
        return self._told(name, about, score, np.where(asked, self._test.cost_usd, 0.0).sum(axis=1), asked.sum(axis=1))

    def _told(self, name: str, about: str, score: Floats, cost_usd: Floats, calls: Floats) -> Joint:
        return Joint(
            name=name,
            about=about,
            accuracy=self._draws.figure(score),
            gain=self._draws.figure(score - self._test.score[:, self._single]),
            cost_usd=float(cost_usd.mean()) if self._trained.board.priced else None,
            calls=float(calls.mean()),
        )


def _means(arrays: Iterator[Floats]) -> tuple[float, ...]:
    return tuple(float(array.mean()) for array in arrays)

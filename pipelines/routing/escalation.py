"""What is known once some models have answered, and who may be asked next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipelines.outcome.table import Floats, OutcomeTable, Rows
from pipelines.routing.vote import CHOICES, ballots, led, support, vote_weights, winners

Asked: TypeAlias = tuple[int, ...]
"""Columns of the models that have answered, in rising order."""

_FAR = 3.0
"""A length or a time counts as at most so many spreads from the usual one."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Holds how long answers usually are and take, as logarithms, arrays (n_models,); NaN where that was never known.

    Attributes:
        tokens, seconds: means.
        tokens_spread, seconds_spread: standard deviations.
    """

    tokens: Floats
    tokens_spread: Floats
    seconds: Floats
    seconds_spread: Floats

    @classmethod
    def of(cls, evidence: Evidence) -> Usual:
        """Returns what is usual in these rows."""
        return cls(*_usual(evidence.output_tokens), *_usual(evidence.latency_s))

    @classmethod
    def load(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Returns what `arrays` gave."""
        return cls(*(arrays[f"usual.{name}"] for name in cls.__slots__))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns the arrays by name, for the state of a strategy."""
        return {f"usual.{name}": getattr(self, name) for name in type(self).__slots__}

    def lengths(self, output_tokens: Floats) -> Floats:
        """Returns by how many spreads answers are longer than usual, 0 where unknown."""
        return _beyond(output_tokens, self.tokens, self.tokens_spread)

    def times(self, latency_s: Floats) -> Floats:
        """Returns by how many spreads answers took longer than usual, 0 where unknown."""
        return _beyond(latency_s, self.seconds, self.seconds_spread)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Holds what the calls leave behind, arrays (n_queries, n_models); never a score.

    Attributes:
        votes: whom each answer agrees with, as `ballots` says; where answers were not recorded, nobody.
        output_tokens: NaN where unknown.
        latency_s: NaN where unknown.
    """

    votes: Rows
    output_tokens: Floats
    latency_s: Floats

    @classmethod
    def of(cls, table: OutcomeTable) -> Evidence:
        """Returns the evidence of recorded outcomes."""
        if table.answers is not None:
            votes = ballots(table)
        else:
            votes = np.tile(np.arange(len(table.models), dtype=np.intp), (table.n_queries, 1))
        return cls(votes=votes, output_tokens=table.output_tokens, latency_s=table.latency_s)

    def rows(self, chosen: Rows) -> Evidence:
        """Returns the evidence of these rows only."""
        return Evidence(self.votes[chosen], self.output_tokens[chosen], self.latency_s[chosen])

    def features(self, asked: Asked, skills: Floats, usual: Usual) -> Floats:
        """Returns what the answers of these models look like, an array (n_queries, n_features) without NaN.

        It tells the weight behind the winner, its lead, the number of answers, how many were asked, agree and are
        silent, how likely winner and second are if all vote independently, how much longer than usual answers are and
        took (of those who agree, on the mean, the most, the least), and the most skilled model, also of those who
        agree. It names no model, so that what is learned of one set of models holds for others.
        """
        votes, columns = self.among(asked), list(asked)
        agrees = votes[:, columns] == votes[np.arange(len(votes)), self.elected(asked, skills)][:, None]
        long = usual.lengths(self.output_tokens)[:, columns]
        slow = usual.times(self.latency_s)[:, columns]
        known = skills[:, columns]
        told = [
            *_standing(support(votes, vote_weights(skills))),
            np.full(len(votes), len(columns)),
            agrees.sum(axis=1),
            (votes[:, columns] < 0).sum(axis=1),
            *_extent(long, agrees),
            *_extent(slow, agrees),
            known.max(axis=1),
            np.where(agrees, known, 0.0).max(axis=1),
        ]
        return np.stack(told, axis=1).astype(np.float64)

    def elected(self, asked: Asked, skills: Floats) -> Rows:
        """Returns the column whose answer wins the vote of these models, weighed by their skills."""
        weights = np.full_like(skills, -np.inf)
        weights[:, list(asked)] = vote_weights(skills)[:, list(asked)]
        return winners(self.among(asked), weights)

    def among(self, asked: Asked) -> Rows:
        """Returns the votes of these models only."""
        codes = np.full_like(self.votes, -1)
        codes[:, list(asked)] = self.votes[:, list(asked)]
        return led(codes)


def _standing(behind: Floats) -> tuple[Floats, ...]:
    """Returns weight and lead of the winner, the number of answers, and how likely winner and second are."""
    given = np.isfinite(behind)
    ranked = -np.sort(-np.where(given, behind, 0.0), axis=1)
    odds = np.where(given, np.exp(np.clip(np.where(given, behind, 0.0), -20.0, 20.0)), 0.0)
    counts = given.sum(axis=1)
    total = odds.sum(axis=1) + np.maximum(CHOICES - counts, 1)
    likely = -np.sort(-odds, axis=1) / total[:, None]
    second = np.zeros(len(behind)) if behind.shape[1] < 2 else likely[:, 1]
    lead = ranked[:, 0] - (ranked[:, 1] if behind.shape[1] > 1 else 0.0)
    return ranked[:, 0], lead, counts.astype(np.float64), likely[:, 0], second


def _extent(values: Floats, agrees: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Returns the mean of those who agree, the mean, the most and the least."""
    mine = np.where(agrees, values, 0.0).sum(axis=1) / np.maximum(agrees.sum(axis=1), 1)
    return mine, values.mean(axis=1), values.max(axis=1), values.min(axis=1)


def _usual(values: Floats) -> tuple[Floats, Floats]:
    known = np.log1p(values)
    seen = ~np.isnan(known)
    counts = seen.sum(axis=0)
    mean = np.where(seen, known, 0.0).sum(axis=0) / np.maximum(counts, 1)
    spread = np.sqrt(np.where(seen, (known - mean) ** 2, 0.0).sum(axis=0) / np.maximum(counts, 1))
    return np.where(counts > 0, mean, np.nan), np.maximum(spread, 1e-6)


def _beyond(values: Floats, mean: Floats, spread: Floats) -> Floats:
    found = np.clip((np.log1p(values) - mean) / spread, -_FAR, _FAR)
    return np.where(np.isnan(found), 0.0, found)


def steps(order: Sequence[int], most_calls: int) -> dict[Asked, tuple[int, ...]]:
    """Returns for each set of asked models those that may be asked next: all the others, in the order given."""
    return {
        tuple(sorted(asked)): tuple(place for place in order if place not in asked)
        for size in range(1, min(most_calls, len(order)))
        for asked in combinations(order, size)
    }


Worth: TypeAlias = Callable[[Asked, Rows], Floats]
"""Says, for a set of asked models and rows, what each possible next model is worth (n_rows, n_next)."""


def walk(n_queries: int, first: Asked, next_of: Mapping[Asked, tuple[int, ...]], worth: Worth) -> dict[Asked, Rows]:
    """Returns which rows end with which models asked.

    Args:
        n_queries: how many rows there are.
        first: the models that all rows begin with.
        next_of: who may follow, from `steps`.
        worth: a row goes on to the next model worth most while that is more than nothing.
    """
    waiting: dict[Asked, list[Rows]] = {first: [np.arange(n_queries, dtype=np.intp)]}
    ended: dict[Asked, Rows] = {}
    while waiting:
        asked = min(waiting, key=len)
        rows, later = np.concatenate(waiting.pop(asked)), next_of.get(asked, ())
        values = worth(asked, rows) if later and len(rows) else np.full((len(rows), 1), -np.inf)
        going, choice = values.max(axis=1) > 0, values.argmax(axis=1)
        ended[asked] = rows[~going]
        for place in np.unique(choice[going]).tolist():
            grown = tuple(sorted((*asked, later[place])))
            waiting.setdefault(grown, []).append(rows[going & (choice == place)])
    return ended

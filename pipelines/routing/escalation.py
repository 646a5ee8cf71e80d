"""What is known once some models have answered, and who may be asked next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from pipelines.outcome.table import Floats, OutcomeTable, Rows
from pipelines.routing.vote import ballots, led, support, vote_weights, winners

Asked: TypeAlias = tuple[int, ...]
"""Columns of the models that have answered, in rising order."""


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

    def features(self, asked: Asked, skills: Floats) -> Floats:
        """Returns what the answers of these models look like, an array (n_queries, n_features); NaN where unknown.

        It tells the weight behind the winner, its lead, the number of answers, who agrees, who is silent, how long
        the answers are and took, and how skilled their models are.
        """
        votes, columns, weights = self.among(asked), list(asked), vote_weights(skills)
        behind = support(votes, weights)
        ranked = -np.sort(-np.where(np.isfinite(behind), behind, 0.0), axis=1)
        lead = ranked[:, :1] - ranked[:, 1:2] if votes.shape[1] > 1 else ranked[:, :1]
        agrees = votes[:, columns] == votes[np.arange(len(votes)), self.elected(asked, skills)][:, None]
        lengths, times = np.log1p(self.output_tokens[:, columns]), np.log1p(self.latency_s[:, columns])
        counts = np.isfinite(behind).sum(axis=1, keepdims=True)
        silent = votes[:, columns] < 0
        return np.hstack([ranked[:, :1], lead, counts, agrees, silent, lengths, times, skills[:, columns]])

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


def steps(order: Sequence[int], most_calls: int) -> dict[Asked, tuple[int, ...]]:
    """Returns for each set of asked models those that may be asked next: only ones further up in the order."""
    found: dict[Asked, tuple[int, ...]] = {}
    for size in range(1, most_calls):
        for places in combinations(range(len(order)), size):
            if later := tuple(order[place] for place in range(places[-1] + 1, len(order))):
                found[tuple(sorted(order[place] for place in places))] = later
    return found


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

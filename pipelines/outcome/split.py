"""Parts of an outcome table: never a group in two parts, never a row in both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable

_SPACE: Final = re.compile(r"\W+")


def group_numbers(table: OutcomeTable) -> NDArray[np.intp]:
    """Returns the number of each row's group; rows without a group, and equal questions, are grouped by their text."""
    names = [group or _normal(query) for group, query in zip(table.groups, table.queries, strict=True)]
    return np.unique(np.array(names), return_inverse=True)[1].reshape(-1).astype(np.intp)


def split_table(table: OutcomeTable, shares: Sequence[float], *, seed: int = 0) -> tuple[OutcomeTable, ...]:
    """Returns parts of about these shares of the rows, whole groups each, the same for the same seed.

    Raises:
        ConfigurationError: if the shares are not positive or exceed 1 together.
    """
    if not shares or min(shares) <= 0 or sum(shares) > 1 + 1e-9:
        raise ConfigurationError(f"Shares of a split are positive and add up to 1 at most; found {list(shares)}.")
    groups = group_numbers(table)
    order = np.random.default_rng(seed).permutation(int(groups.max(initial=-1)) + 1)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    sizes = np.bincount(groups, minlength=len(order))[order]
    # A group belongs where its middle row falls when all groups lie in a line.
    middle = (np.cumsum(sizes) - sizes / 2) / max(1, table.n_queries)
    part_of_group = np.searchsorted(np.cumsum(shares), middle, side="right")
    part = part_of_group[place[groups]]
    return tuple(table.rows(np.flatnonzero(part == number)) for number in range(len(shares)))


def refuse_leak(train: OutcomeTable, test: OutcomeTable) -> None:
    """Raises if a question or a group of the test rows is among the training rows.

    Raises:
        ConfigurationError: naming how many rows and one of them.
    """
    known = {_normal(query) for query in train.queries} | {group for group in train.groups if group}
    leaked = [
        query
        for query, group in zip(test.queries, test.groups, strict=True)
        if _normal(query) in known or (group and group in known)
    ]
    if leaked:
        raise ConfigurationError(
            f"{len(leaked)} of {test.n_queries} test rows are also training rows (such as '{leaked[0][:80]}'); a router"
            " is never scored on what it was fitted on."
        )


def _normal(query: str) -> str:
    return _SPACE.sub(" ", query.lower()).strip() or query

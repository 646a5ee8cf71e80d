"""Parts of an outcome table: never a group in two parts, never a row in both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable

_SPACE: Final = re.compile(r"\W+")


def group_numbers(table: OutcomeTable) -> NDArray[np.intp]:
    """Returns the number of each row's group; rows of one group and rows of equal questions are in one."""
    texts = _numbered([_normal(query) for query in table.queries])
    if not any(table.groups):
        return texts
    named = _numbered([group or f"\0{text}" for group, text in zip(table.groups, texts, strict=True)])
    return _joined(named, texts)


def _numbered(names: Sequence[str]) -> NDArray[np.intp]:
    """Returns the place of each name among all in order; numpy would make every text as wide as the longest."""
    place = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([place[name] for name in names], dtype=np.intp)


def _joined(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.intp]:
    """Returns numbers that are equal wherever one of two numberings is, on however many steps."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = int(first.max(initial=-1)) + 1
    whole = size + int(second.max(initial=-1)) + 1
    edges = coo_matrix((np.ones(len(first)), (first, size + second)), shape=(whole, whole))
    labels = connected_components(edges, directed=False)[1][first]
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.intp)


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


def seen_hashes(train: OutcomeTable) -> NDArray[np.uint64]:
    """Returns a sorted array of 64-bit hashes of the questions and groups of these rows, to tell a leak later."""
    known = {_normal(query) for query in train.queries} | {group for group in train.groups if group}
    return np.unique(_hashes(known))


def leaked(seen: NDArray[np.uint64], test: OutcomeTable) -> NDArray[np.bool_]:
    """Returns an array (n_queries,), true where the question of a row, or its group, was seen in training."""
    questions, groups = _hashes(_normal(query) for query in test.queries), _hashes(test.groups)
    grouped = np.array([bool(group) for group in test.groups], dtype=np.bool_)
    return np.asarray(np.isin(questions, seen) | (grouped & np.isin(groups, seen)), dtype=np.bool_)


def refuse_leak(seen: NDArray[np.uint64], test: OutcomeTable) -> OutcomeTable:
    """Returns the test rows without those that were seen in training.

    Raises:
        ConfigurationError: if these are more than half of the rows: then the two tables are no split at all.
    """
    rows = leaked(seen, test)
    if rows.sum() * 2 > test.n_queries:
        example = test.queries[int(np.flatnonzero(rows)[0])][:80]
        raise ConfigurationError(
            f"{int(rows.sum())} of {test.n_queries} test rows are also training rows (such as '{example}'); a router"
            " is never scored on what it was fitted on."
        )
    return test.rows(~rows) if rows.any() else test


def _hashes(texts: Iterable[str]) -> NDArray[np.uint64]:
    digests = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def _normal(query: str) -> str:
    return _SPACE.sub(" ", query.lower()).strip() or query

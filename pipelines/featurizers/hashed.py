"""Words and pairs of words, thrown into a fixed number of buckets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featurizer import Arrays, Features, Featurizer
from pipelines.featurizers.tfidf import terms
from pipelines.space import Space


class Hashed(Featurizer):
    """Counts words and neighbouring pairs in buckets chosen by a hash, as shares of all; nothing has to be learned.

    Source: feature hashing (Weinberger et al. 2009) as in fastText, where the n-grams share a table of buckets; here
    the single words are hashed too, by CRC-32.
    """

    title: ClassVar[str] = "Words (hashed)"

    kind: Literal["hashed"] = "hashed"
    pairs: bool = Field(default=True, description="Count neighbouring pairs of words too.")
    buckets: int = Field(default=1 << 15, ge=16, le=1 << 20, description="More buckets mean fewer mix-ups.")

    def learn(self, queries: Sequence[str], *, space: Space | None = None, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Returns nothing: a hash knows every word."""
        del queries, space, seed
        return {}

    def lens(self, learned: Arrays) -> HashedLens:
        """Returns the lens."""
        del learned
        return HashedLens(pairs=self.pairs, buckets=self.buckets)


class HashedLens:
    """Throws the words of questions into buckets."""

    def __init__(self, *, pairs: bool, buckets: int) -> None:
        """Takes what is counted and into how many buckets."""
        self._pairs, self._buckets = pairs, buckets

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns sparse rows (n_queries, n_buckets) that sum to 1, or to 0 without a word."""
        from scipy.sparse import csr_matrix

        del space
        counts = [Counter(self._bucket(term) for term in terms(query, pairs=self._pairs)) for query in queries]
        sizes = np.array([len(found) for found in counts], dtype=np.intp)
        totals = np.array([found.total() for found in counts], dtype=np.float32)
        columns = np.array([bucket for found in counts for bucket in found], dtype=np.int32)
        values = np.array([number for found in counts for number in found.values()], dtype=np.float32)
        values /= np.repeat(totals, sizes)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return csr_matrix((values, columns, starts), shape=(len(queries), self._buckets))

    def parts(self, query: str, direction: NDArray[np.float64]) -> dict[str, float]:
        """Returns what each term adds to the features times a direction, whatever else lies in its bucket."""
        found = Counter(terms(query, pairs=self._pairs))
        total = max(1, found.total())
        return {term: float(direction[self._bucket(term)]) * count / total for term, count in found.items()}

    def _bucket(self, term: str) -> int:
        return crc32(term.encode("utf-8", "surrogatepass")) % self._buckets

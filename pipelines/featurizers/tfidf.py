"""Words and pairs of words, weighted by how rare they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.featurizer import Arrays, Features, Featurizer
from pipelines.space import Space

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LONGEST_TERMS: Final = 4_000
"""Only so many words of a question are read, so that a huge one costs no more than a long one."""

MOST_CHARACTERS: Final = 16 * LONGEST_TERMS

MOST_LEARNED: Final = 30_000
"""Of more questions only so many, drawn at random, say which words there are and how rare: enough for 50,000 terms."""

_CJK: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TERM: Final = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")


class Tfidf(Featurizer):
    """Counts words and neighbouring pairs of words, rare ones more; with `dims` the counts are condensed.

    Scripts without spaces are read letter by letter, so that the pairs are their words.

    Source: TF-IDF with smoothed idf, ln((1 + n) / (1 + df)) + 1, and 1 + ln(tf), rows of unit length (Manning,
    Raghavan, Schuetze 2008, chapter 6); condensed by a truncated SVD (latent semantic analysis).
    """

    title: ClassVar[str] = "Words (TF-IDF)"

    kind: Literal["tfidf"] = "tfidf"
    pairs: bool = Field(default=True, description="Count neighbouring pairs of words too.")
    least_documents: int = Field(default=2, ge=1, le=1_000, description="Leave out what fewer questions have.")
    most_terms: int = Field(default=50_000, ge=10, le=500_000, description="Keep only the most frequent ones.")
    dims: int | None = Field(default=None, ge=2, le=2_048, description="Condense to so many numbers; empty keeps all.")

    def learn(self, queries: Sequence[str], *, space: Space | None = None, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Returns the terms, their weights and, with `dims`, the directions (dims, n_terms)."""
        del space
        if len(queries) > MOST_LEARNED:
            drawn = np.random.default_rng(seed).choice(len(queries), MOST_LEARNED, replace=False)
            queries = [queries[row] for row in np.sort(drawn)]
        documents: Counter[str] = Counter()
        for query in queries:
            documents.update(set(terms(query, pairs=self.pairs)))
        frequent = [(term, n) for term, n in documents.items() if n >= self.least_documents] or list(documents.items())
        frequent.sort(key=lambda item: (-item[1], item[0]))
        kept = frequent[: self.most_terms]
        counts = np.array([n for _, n in kept], dtype=np.float64)
        learned: dict[str, NDArray[Any]] = {
            "terms": np.frombuffer("\n".join(term for term, _ in kept).encode("utf-8", "replace"), dtype=np.uint8),
            "idf": (np.log((1 + len(queries)) / (1 + counts)) + 1).astype(np.float32),
        }
        if self.dims is not None and kept:
            learned["directions"] = self._directions(queries, learned, seed)
        return learned

    def lens(self, learned: Arrays) -> TfidfLens:
        """Returns the lens of these terms."""
        return TfidfLens(learned, pairs=self.pairs)

    def _directions(self, queries: Sequence[str], learned: Arrays, seed: int) -> NDArray[np.float32]:
        from sklearn.utils.extmath import randomized_svd

        rows = TfidfLens(learned, pairs=self.pairs).sparse(queries)
        dims = min(self.dims or 0, min(rows.shape) - 1) or 1
        _, _, directions = randomized_svd(rows, n_components=dims, n_iter=4, random_state=seed)
        return np.asarray(directions, dtype=np.float32)


class TfidfLens:
    """Turns questions into unit rows over the learned terms, or over the condensed directions."""

    def __init__(self, learned: Arrays, *, pairs: bool) -> None:
        """Takes what `Tfidf.learn` returned."""
        text = learned["terms"].tobytes().decode("utf-8")
        self._place = {term: number for number, term in enumerate(text.split("\n"))} if text else {}
        self._idf = learned["idf"]
        directions = learned.get("directions")
        # A sparse row times an array in another order than C copies all of it at every question.
        self._directions = None if directions is None else np.ascontiguousarray(directions.T)
        self._pairs = pairs

    @property
    def terms(self) -> list[str]:
        """Returns the terms in the order of the columns of `sparse`."""
        return list(self._place)

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns the rows, sparse (n_queries, n_terms) or dense (n_queries, dims)."""
        del space
        rows = self.sparse(queries)
        if self._directions is None:
            return rows
        dense = np.asarray(rows @ self._directions, dtype=np.float32)
        return dense / np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)

    def parts(self, query: str, direction: NDArray[np.float64]) -> dict[str, float]:
        """Returns what each known term adds to the features times a direction."""
        row = self.sparse([query])
        if self._directions is None:
            worth = direction[row.indices]
        else:
            length = float(np.linalg.norm(np.asarray(row @ self._directions)))
            worth = (self._directions[row.indices] @ direction) / max(length, 1e-9)
        names = self.terms
        return {names[place]: float(part) for place, part in zip(row.indices, row.data * worth, strict=True)}

    def sparse(self, queries: Sequence[str]) -> csr_matrix:
        """Returns the rows over all terms, each of unit length or empty."""
        from scipy.sparse import csr_matrix

        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        for query in queries:
            found = Counter(self._known(query))
            indices.extend(found)
            values.extend(found.values())
            ends.append(len(indices))
        columns = np.array(indices, dtype=np.int32)
        weights = (1 + np.log(np.array(values, dtype=np.float32))) * self._idf[columns]
        starts = np.array(ends)
        squares = np.concatenate([[0.0], np.cumsum(weights.astype(np.float64) ** 2)])
        norms = np.sqrt(squares[starts[1:]] - squares[starts[:-1]])
        weights /= np.repeat(np.maximum(norms, 1e-9), np.diff(starts)).astype(np.float32)
        return csr_matrix((weights, columns, starts), shape=(len(queries), len(self._place)))

    def _known(self, query: str) -> list[int]:
        return [place for place in map(self._place.get, terms(query, pairs=self._pairs)) if place is not None]


def terms(text: str, *, pairs: bool) -> list[str]:
    """Returns the words of a text in small letters, and its neighbouring pairs."""
    words = _TERM.findall(text[:MOST_CHARACTERS].lower())[:LONGEST_TERMS]
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))] if pairs else words

"""The vectors of texts that were embedded beforehand, looked up by text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.memo import Memo
from pipelines.service import Embedder

BATCH = 256
KEPT_SETS = 256

_sets: Memo[tuple[str, tuple[str, ...]], NDArray[np.float32]] = Memo(KEPT_SETS)


class Space:
    """Knows the unit vector of each text it was made of."""

    def __init__(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Takes the texts and their vectors, an array (n_texts, n_dimensions)."""
        self._row = {text: n for n, text in enumerate(texts)}
        self._vectors = vectors

    @classmethod
    async def of(cls, embedder: Embedder, queries: Iterable[str], examples: Iterable[str] = ()) -> Space:
        """Returns the space of queries and examples; examples come again and again, so their vectors are remembered."""
        kept = tuple(dict.fromkeys(examples))
        known = set(kept)
        fresh = tuple(text for text in dict.fromkeys(queries) if text not in known)
        parts = [await _embedded(embedder, fresh)] if fresh else []
        if kept:
            parts.append(await _sets.get((embedder.name, kept), lambda: _embedded(embedder, kept)))
        return cls(fresh + kept, np.concatenate(parts) if parts else np.zeros((0, 0), np.float32))

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, n_dimensions).

        Raises:
            KeyError: if a text is not part of the space.
        """
        return self._vectors[[self._row[text] for text in texts]]


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    parts = [await embedder.embed(texts[n : n + BATCH]) for n in range(0, len(texts), BATCH)]
    return np.concatenate(parts)

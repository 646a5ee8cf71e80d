"""Finds pieces by their meaning: brute force over vectors, exact and fast enough for 100,000 pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.service import Embedder

BATCH = 64


class DenseIndex:
    """Scores pieces of text by the cosine of their vectors with that of a query.

    Source: Karpukhin et al., "Dense Passage Retrieval for Open-Domain Question Answering" (2020), equation 1, with
    whatever embedder the run has instead of two trained encoders.
    """

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        """Takes unit vectors, an array (n_pieces, n_dimensions)."""
        self._vectors = vectors

    @classmethod
    async def of(cls, pieces: Sequence[str], embedder: Embedder) -> DenseIndex:
        """Returns the index of at least one piece, embedded in batches."""
        batches = [await embedder.embed(pieces[n : n + BATCH]) for n in range(0, len(pieces), BATCH)]
        return cls(np.concatenate(batches))

    async def scores(self, query: str, embedder: Embedder) -> NDArray[np.float32]:
        """Returns an array (n_pieces,) of cosines."""
        (vector,) = await embedder.embed([query])
        return np.asarray(self._vectors @ vector, dtype=np.float32)

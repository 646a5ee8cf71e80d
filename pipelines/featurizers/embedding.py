"""The vectors of a sentence embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.featurizer import Arrays, Features, Featurizer
from pipelines.space import Space


class Embedding(Featurizer):
    """Takes the unit vector that an embedder gives a question.

    Source: sentence embeddings (Reimers and Gurevych 2019); the embedder of the installation
    makes them, or an embedding model of the catalogue.
    """

    title: ClassVar[str] = "Meaning (sentence embedding)"
    needs_space: ClassVar[bool] = True

    kind: Literal["embedding"] = "embedding"

    def learn(self, queries: Sequence[str], *, space: Space | None = None, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Returns nothing: the embedder has learned already."""
        del queries, space, seed
        return {}

    def lens(self, learned: Arrays) -> EmbeddingLens:
        """Returns the lens."""
        del learned
        return EmbeddingLens()


class EmbeddingLens:
    """Looks up vectors."""

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns the vectors, an array (n_queries, n_dimensions)."""
        if space is None:
            raise TypeError("Embedding features are read from a space.")
        return np.asarray(space.vectors(queries), dtype=np.float32)

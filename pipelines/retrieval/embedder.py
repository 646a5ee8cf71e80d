"""Chooses the best embedder at hand and remembers the vectors of texts it has seen."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.retrieval.minilm import MODEL, TOKENIZER, MiniLmEmbedder
from pipelines.service import Embedder
from pipelines.weights import installed

CACHED_TEXTS = 8_192


def pick_embedder(folder: Path) -> Embedder:
    """Returns MiniLM where its weights lie in the folder and its packages are installed, else the lexical embedder."""
    has_weights = {MODEL, TOKENIZER} <= set(installed(folder))
    has_packages = all(importlib.util.find_spec(name) for name in ("onnxruntime", "tokenizers"))
    if not (has_weights and has_packages):
        return CachedEmbedder(HashingEmbedder())
    return CachedEmbedder(MiniLmEmbedder(folder))


class CachedEmbedder:
    """Asks an embedder for each text once and keeps the vectors of the last ones, addressed by content."""

    def __init__(self, inner: Embedder, capacity: int = CACHED_TEXTS) -> None:
        """Takes the embedder and how many vectors are kept."""
        self.name = inner.name
        self._inner = inner
        self._capacity = capacity
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, n_dimensions) of unit vectors."""
        if not texts:
            return await self._inner.embed(texts)
        keys = [_key(text) for text in texts]
        here = {key: self._vectors[key] for key in keys if key in self._vectors}
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in here}
        if fresh:
            vectors = await self._inner.embed(list(fresh.values()))
            here |= dict(zip(fresh, vectors, strict=True))
        self._remember(here)
        return np.stack([here[key] for key in keys])

    def _remember(self, vectors: dict[bytes, NDArray[np.float32]]) -> None:
        for key, vector in vectors.items():
            self._vectors[key] = vector
            self._vectors.move_to_end(key)
        while len(self._vectors) > self._capacity:
            self._vectors.popitem(last=False)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

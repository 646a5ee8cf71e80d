"""Vectors of texts by an embedding model of the catalogue: asked for like any call, priced, recorded and cached."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.catalogue import ModelEntry, Provider
from pipelines.chat import ChatRequest, Message
from pipelines.error import ModelAnsweredGarbage
from pipelines.service import Models

MAKERS: Final[frozenset[Provider]] = frozenset({"litellm", "openai_compatible"})
"""The kinds of models that may make vectors."""

MOST_TEXTS: Final = 64
MOST_BYTES: Final = 200_000
"""Of one request; a longer text goes alone."""


class ModelEmbedder:
    """Asks an embedding model of the catalogue; a single text is kept among the calls, so that it is bought once."""

    def __init__(self, models: Models, model: str) -> None:
        """Takes who asks, and the name of the model in the catalogue.

        Raises:
            ConfigurationError: if there is no such model.
        """
        entry = models.entry(model)
        self.name = embedder_name(entry)
        self._models = models
        self._model = entry.name

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, n_dimensions) of unit vectors.

        Raises:
            ModelError: if the model did not answer.
            BudgetExceeded: if a call would exceed the budget, before it is made.
        """
        parts = [await self._part(part) for part in _parts(texts)]
        if len({part.shape[1] for part in parts}) > 1:
            raise ModelAnsweredGarbage(f"The model '{self._model}' made vectors of different lengths.")
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)

    async def _part(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # An empty text is refused by most servers.
        messages = tuple(Message(role="user", content=text or " ") for text in texts)
        request = ChatRequest(messages=messages, model=self._model, purpose="embed")
        completion = await self._models.complete(request)
        found = unpacked(completion.vectors or "", len(texts))
        if found is None:
            raise ModelAnsweredGarbage(f"The model '{self._model}' answered without a vector for each text.")
        lengths = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return np.asarray(found / lengths, dtype=np.float32)


def embedder_name(entry: ModelEntry) -> str:
    """Returns what the vectors of a model are known by: its name in the catalogue and at its provider."""
    return f"{entry.name} ({entry.provider}: {entry.target})"


def packed(vectors: NDArray[np.float32]) -> str:
    """Returns the vectors as text: base64 of little-endian 32-bit floats, row by row."""
    return base64.b64encode(np.ascontiguousarray(vectors, dtype="<f4").tobytes()).decode("ascii")


def unpacked(text: str, n_texts: int) -> NDArray[np.float32] | None:
    """Returns what `packed` wrote, an array (n_texts, n_dimensions), or None where it is not that."""
    try:
        found = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    except (binascii.Error, ValueError):
        return None
    if not n_texts or not len(found) or len(found) % n_texts:
        return None
    return found.reshape(n_texts, -1).astype(np.float32)


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yields the texts in runs that fit into one request."""
    part: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode("utf-8", "replace"))
        if part and (len(part) >= MOST_TEXTS or size + length > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(text)
        size += length
    if part:
        yield part

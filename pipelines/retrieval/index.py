"""The searchable index of a set of documents: built once off the event loop, kept in memory, shared by all runs."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.memo import Memo
from pipelines.record import Record
from pipelines.retrieval.bm25 import Bm25Index
from pipelines.retrieval.chunker import chunked
from pipelines.retrieval.dense import DenseIndex
from pipelines.retrieval.fusion import reciprocal_rank
from pipelines.service import Embedder
from pipelines.value import Document, Passage

Method = Literal["bm25", "dense", "hybrid"]
KEPT_INDEXES = 16


class IndexSettings(Record):
    """Says how documents are cut and by what they are found."""

    method: Method = "hybrid"
    chunk_words: int = Field(default=120, ge=20, le=2_000)
    overlap_words: int = Field(default=20, ge=0, le=1_000)


@dataclass(frozen=True)
class Index:
    """Holds the pieces of a set of documents and finds those that suit a query."""

    pieces: tuple[Passage, ...]
    by_words: Bm25Index | None
    by_meaning: DenseIndex | None

    async def search(self, query: str, top_k: int, embedder: Embedder) -> tuple[Passage, ...]:
        """Returns at most `top_k` pieces with their scores, best first; none that is unrelated to the query."""
        found: list[NDArray[np.float32]] = []
        if self.by_words:
            found.append(self.by_words.scores(query))
        if self.by_meaning:
            found.append(await self.by_meaning.scores(query, embedder))
        scores = reciprocal_rank(found) if len(found) > 1 else found[0]
        best = np.argsort(-scores, kind="stable")[:top_k]
        return tuple(self.pieces[n].model_copy(update={"score": float(scores[n])}) for n in best if scores[n] > 0)


_indexes: Memo[tuple[str, str, str], Index | None] = Memo(KEPT_INDEXES)


def digest(documents: Sequence[Document]) -> str:
    """Returns the SHA-256 of titles and texts: the same documents in the same order have the same digest."""
    found = hashlib.sha256()
    for document in documents:
        for part in (document.title, document.text):
            body = part.encode("utf-8", "surrogatepass")
            found.update(len(body).to_bytes(8, "big") + body)
    return found.hexdigest()


async def index_of(documents: Sequence[Document], settings: IndexSettings, embedder: Embedder) -> Index | None:
    """Returns the index of the documents, built at most once for the same content, or None where they hold no words."""
    name = "" if settings.method == "bm25" else embedder.name
    key = (digest(documents), settings.model_dump_json(), name)
    return await _indexes.get(key, lambda: _built(documents, settings, embedder))


async def _built(documents: Sequence[Document], settings: IndexSettings, embedder: Embedder) -> Index | None:
    pieces = await asyncio.to_thread(_cut, documents, settings)
    if not pieces:
        return None
    # The title takes part in the search: many texts never repeat what they are about.
    texts = [f"{piece.title}\n{piece.text}" for piece in pieces]
    by_words = None if settings.method == "dense" else await asyncio.to_thread(Bm25Index, texts)
    by_meaning = None if settings.method == "bm25" else await DenseIndex.of(texts, embedder)
    return Index(pieces, by_words, by_meaning)


def _cut(documents: Sequence[Document], settings: IndexSettings) -> tuple[Passage, ...]:
    parts = (chunked(document, settings.chunk_words, settings.overlap_words) for document in documents)
    return tuple(piece for part in parts for piece in part)

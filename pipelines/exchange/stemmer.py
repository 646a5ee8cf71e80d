"""Which stemmer an exported program searches with."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.exchange.draft import NodeDraft
from pipelines.language import detect
from pipelines.retrieval.bm25 import STEMMERS
from pipelines.retrieval.chunker import chunked
from pipelines.value import Document


def stemmer_for(documents: Sequence[Document], chunk_words: int, overlap_words: int, draft: NodeDraft) -> str:
    """Returns the function of the program that stems the words of documents in their language."""
    pieces = [piece for each in documents for piece in chunked(each, chunk_words, overlap_words)]
    language = detect(" ".join(f"{piece.title}\n{piece.text}" for piece in pieces[:10])) if pieces else None
    stemmer = STEMMERS.get(language or "")
    if stemmer == "english":
        return "english_stem"
    if stemmer is not None:
        draft.approximate(f"compares words by their {stemmer} stems, and an exported program by their spelling")
    return "as_it_is"

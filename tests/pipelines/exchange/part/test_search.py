"""The search of exported programs: the pieces and the cuts of the nodes."""

from __future__ import annotations

import numpy as np
import pytest

from app.library import shipped_documents
from pipelines.exchange.part.search import bm25, search
from pipelines.exchange.part.stemming import english_stem
from pipelines.retrieval.bm25 import Bm25Index
from pipelines.retrieval.chunker import chunked
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.retrieval.index import IndexSettings, index_of
from pipelines.word import fold, words

DOCUMENTS = shipped_documents()["larkhaven-ferry"]
QUESTIONS = (
    "When does the ferry leave on Sundays?",
    "How much luggage may passengers carry?",
    "storms storms",
    "xyzzy",
    "",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_those_of_bm25s_to_the_last_bit(question: str) -> None:
    pieces = [f"{p.title}\n{p.text}" for document in DOCUMENTS for p in chunked(document, 40, 10)]
    stemmed = [[english_stem(word) for word in words(fold(piece))] for piece in pieces]
    scores = bm25([english_stem(word) for word in words(fold(question))], stemmed)
    assert np.float32(scores).tolist() == Bm25Index(pieces).scores(question).tolist()


@pytest.mark.parametrize("question", QUESTIONS)
async def test_the_same_pieces_are_found_in_the_same_order(question: str) -> None:
    index = await index_of(DOCUMENTS, IndexSettings(method="bm25", chunk_words=40, overlap_words=10), HashingEmbedder())
    assert index is not None
    expected = await index.search(question, 4, HashingEmbedder())
    found = search(question, DOCUMENTS, top_k=4, chunk_words=40, overlap_words=10, stem=english_stem)
    assert [(p.title, p.text) for p in found.passages] == [(p.title, p.text) for p in expected]

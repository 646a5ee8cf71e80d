"""An index finds by words, by meaning and by both, and is built once for the same content."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.retrieval.index import IndexSettings, Method, index_of
from pipelines.value import Document
from tests.pipelines.topic import TopicEmbedder

DOCUMENTS = (
    Document(title="Lease", text="The tenant signs the contract before the first day of the month."),
    Document(title="Kitchen", text="We bake every morning. The oven is hot and the recipe is old."),
    Document(title="Program", text="A loop adds the numbers and the function returns the sum."),
)


@pytest.mark.parametrize("method", ["bm25", "dense", "hybrid"])
async def test_the_right_document_comes_first(method: Method) -> None:
    embedder = TopicEmbedder()
    index = await index_of(DOCUMENTS, IndexSettings(method=method), embedder)
    assert index is not None
    found = await index.search("Who signs the lease contract?", 2, embedder)
    assert found[0].title == "Lease"
    assert found[0].score > 0


async def test_dense_finds_what_shares_no_word() -> None:
    embedder = TopicEmbedder()
    index = await index_of(DOCUMENTS, IndexSettings(method="dense"), embedder)
    assert index is not None
    assert [p.title for p in await index.search("soup", 3, embedder)] == ["Kitchen"]


async def test_bm25_finds_titles_and_nothing_that_is_unrelated() -> None:
    embedder = TopicEmbedder()
    index = await index_of(DOCUMENTS, IndexSettings(method="bm25"), embedder)
    assert index is not None
    assert [p.title for p in await index.search("kitchen", 3, embedder)] == ["Kitchen"]
    assert await index.search("zebra", 3, embedder) == ()
    assert embedder.calls == 0


async def test_the_same_content_is_embedded_once() -> None:
    embedder = TopicEmbedder("counted")
    found = await asyncio.gather(
        *(index_of(tuple(DOCUMENTS), IndexSettings(method="dense", chunk_words=50), embedder) for _ in range(4))
    )
    assert embedder.calls == 1
    assert all(index is found[0] for index in found)
    changed = (*DOCUMENTS[:2], DOCUMENTS[2].model_copy(update={"text": "Another text."}))
    assert await index_of(changed, IndexSettings(method="dense", chunk_words=50), embedder) is not found[0]
    assert embedder.calls == 2


async def test_documents_without_words_have_no_index() -> None:
    assert await index_of((Document(title="T", text="..."),), IndexSettings(), TopicEmbedder()) is None

"""What the retriever brings, and what it says when there is nothing to search."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.nodes.retriever import Retriever
from pipelines.store import MemoryLibrary
from pipelines.value import Document, Passages, Query
from tests.pipelines.topic import TopicEmbedder

LIBRARY = MemoryLibrary(
    documents={
        "house": (
            Document(title="Lease", text="The tenant pays the rent. The contract ends in May."),
            Document(title="Kitchen", text="The oven bakes bread."),
        ),
        "nothing": (),
        "signs": (Document(title="…", text="..."),),
    }
)


async def _found(node: Retriever, query: Query) -> tuple[Passages, str]:
    fired = await node.run(query, LIBRARY, TopicEmbedder())
    found = fired.ports["documents"]
    assert isinstance(found, Passages)
    assert fired.decision is not None
    return found, fired.decision.reason


@pytest.mark.parametrize("method", ["bm25", "dense", "hybrid"])
async def test_the_best_piece_comes_first(method: str) -> None:
    node = Retriever.model_validate({"document_set": "house", "method": method, "top_k": 1})
    found, reason = await _found(node, Query(text="When does the contract of the tenant end?"))
    assert [(p.title, p.text) for p in found.passages] == [
        ("Lease", "The tenant pays the rent. The contract ends in May.")
    ]
    assert reason == "1 of 2 pieces, best from 'Lease'"


async def test_documents_of_the_question_are_searched_too() -> None:
    query = Query(text="a zebra", documents=(Document(title="Zoo", text="The zebra is striped."),))
    found, _ = await _found(Retriever(document_set="house", method="bm25", top_k=1), query)
    assert [p.title for p in found.passages] == ["Zoo"]
    found, _ = await _found(Retriever(method="bm25"), query)
    assert [p.title for p in found.passages] == ["Zoo"]


async def test_nothing_that_suits_is_an_empty_list() -> None:
    found, reason = await _found(Retriever(document_set="house", method="bm25"), Query(text="xylophone"))
    assert found == Passages()
    assert reason == "0 of 2 pieces"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("hous", "There is no document set 'hous'"),
        ("nothing", "The document set 'nothing' holds no text"),
        (None, "choose a document set"),
        ("signs", "hold no words"),
    ],
)
async def test_nothing_to_search_is_an_error_that_says_what_to_do(name: str | None, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        await _found(Retriever(document_set=name), Query(text="rent"))


def test_an_overlap_as_large_as_a_piece_is_a_problem() -> None:
    assert list(Retriever(chunk_words=50, overlap_words=50).problems()) == [
        "Pieces of 50 words cannot share 50; choose a smaller overlap."
    ]
    assert list(Retriever().problems()) == []


def test_the_summary_says_what_is_searched_and_how() -> None:
    assert Retriever(document_set="house").summary() == "house · hybrid · top 5"

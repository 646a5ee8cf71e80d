"""Whole documents while they fit, and a visible cut where they do not; the scripted tokenizer counts words."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.nodes.long_context import LongContext
from pipelines.store import MemoryLibrary
from pipelines.value import Document, Passage, Passages, Query
from tests.pipelines.nodes.scripted import ScriptedModels, entry

LIBRARY = MemoryLibrary(
    documents={
        "abc": (
            Document(title="A", text="one two three"),
            Document(title="B", text="four five six. seven eight"),
            Document(title="C", text="nine"),
        )
    }
)
QUERY = Query(text="what now")


async def _brought(node: LongContext, window: int | None, query: Query = QUERY) -> tuple[tuple[Passage, ...], str]:
    fired = await node.run(query, LIBRARY, ScriptedModels(entries=[entry("m", context_window=window)]))
    found = fired.ports["documents"]
    assert isinstance(found, Passages)
    assert fired.decision is not None
    return found.passages, fired.decision.reason


@pytest.mark.parametrize("window", [None, 14])
async def test_documents_that_fit_are_brought_whole_and_in_order(window: int | None) -> None:
    passages, reason = await _brought(LongContext(document_set="abc", window_share=1.0), window)
    assert [p.text for p in passages] == ["one two three", "four five six. seven eight", "nine"]
    assert reason == "12 tokens, all of 3 documents"


async def test_what_does_not_fit_is_cut_with_a_note() -> None:
    passages, reason = await _brought(LongContext(document_set="abc", window_share=0.5), 20)
    assert [(p.title, p.text) for p in passages] == [
        ("A", "one two three"),
        ("B", "four five six\n[Cut here: 3 of 5 words fit; 1 document left out.]"),
    ]
    assert reason == "12 tokens cut to 8"


async def test_a_limit_in_tokens_counts_where_it_is_smaller() -> None:
    passages, _ = await _brought(LongContext(document_set="abc", max_tokens=6), 1_000)
    assert passages[-1].text == "[Cut here: 0 of 5 words fit; 1 document left out.]"


async def test_a_question_that_fills_the_window_leaves_no_room() -> None:
    passages, reason = await _brought(LongContext(document_set="abc", window_share=1.0), 2)
    assert [p.text for p in passages] == ["[Cut here: 0 of 3 words fit; 2 documents left out.]"]
    assert reason == "12 tokens cut to 0"


async def test_documents_of_the_question_come_first() -> None:
    query = Query(text="?", documents=(Document(title="Q", text="mine"),))
    passages, _ = await _brought(LongContext(document_set="abc"), None, query)
    assert [p.title for p in passages] == ["Q", "A", "B", "C"]


async def test_nothing_to_read_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="choose a document set"):
        await _brought(LongContext(), None)


def test_the_summary_says_how_much() -> None:
    assert LongContext(document_set="abc").summary() == "abc · 80% of the window"
    assert LongContext(max_tokens=4_000).summary() == "documents of the question · at most 4,000 tokens"

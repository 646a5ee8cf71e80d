"""Retrieval or long context, decided by tokens and money; the scripted tokenizer counts words."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalogue import ModelEntry, Price
from pipelines.error import ConfigurationError
from pipelines.nodes.context_router import ContextRouter
from pipelines.run import Decision
from pipelines.store import MemoryLibrary
from pipelines.value import Document, Query
from tests.pipelines.nodes.scripted import ScriptedModels, entry

LIBRARY = MemoryLibrary(documents={"long": (Document(title="Long", text="word " * 1_200),)})
QUERY = Query(text="what does it say")
"""1,201 tokens of documents and 4 of the question."""


async def _decided(node: ContextRouter, model: ModelEntry) -> tuple[str, Decision]:
    fired = await node.run(QUERY, LIBRARY, ScriptedModels(entries=[model]))
    ((port, value),) = fired.ports.items()
    assert value is QUERY
    assert fired.decision is not None
    return port, fired.decision


async def test_what_does_not_fit_into_the_window_goes_to_retrieval() -> None:
    port, decision = await _decided(ContextRouter(document_set="long"), entry("m", context_window=1_000))
    assert port == "rag"
    assert decision == Decision(
        scores={"rag": 1205.0, "long_context": 800.0}, threshold=800.0, reason="1,205 tokens of 800: retrieval"
    )


async def test_what_fits_is_read_whole() -> None:
    port, decision = await _decided(ContextRouter(document_set="long"), entry("m", context_window=8_192))
    assert port == "long_context"
    assert decision.reason == "1,205 tokens of 6,553: long context"


async def test_the_limit_itself_still_fits() -> None:
    node = ContextRouter(document_set="long", window_share=1.0)
    assert (await _decided(node, entry("m", context_window=1_205)))[0] == "long_context"
    assert (await _decided(node, entry("m", context_window=1_204)))[0] == "rag"


async def test_a_limit_in_tokens_counts_even_where_the_window_is_unknown() -> None:
    node = ContextRouter(document_set="long", max_tokens=500)
    port, decision = await _decided(node, entry("m"))
    assert port == "rag"
    assert decision.reason == "1,205 tokens of 500: retrieval"


async def test_without_any_limit_everything_is_read() -> None:
    port, decision = await _decided(ContextRouter(document_set="long"), entry("m"))
    assert port == "long_context"
    assert decision.reason == "1,205 tokens, no limit is known: long context"


async def test_a_price_that_is_too_high_goes_to_retrieval() -> None:
    price = Price(input_usd_per_mtok=10.0, output_usd_per_mtok=30.0, as_of=date(2026, 1, 1))
    model = entry("m", context_window=100_000).model_copy(update={"price": price})
    port, decision = await _decided(ContextRouter(document_set="long", max_cost_usd=0.01), model)
    assert port == "rag"
    assert decision.reason == "1,205 tokens of 1,000 for 0.01 USD: retrieval"
    assert (await _decided(ContextRouter(document_set="long", max_cost_usd=0.02), model))[0] == "long_context"


async def test_a_missing_document_set_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="There is no document set 'lost'"):
        await _decided(ContextRouter(document_set="lost"), entry("m"))


def test_the_summary_names_the_limits() -> None:
    assert ContextRouter().summary() == "long context up to 80% of the window"
    assert ContextRouter(max_tokens=2_000, max_cost_usd=0.5).summary() == "long context up to 2,000 tokens or 0.5 USD"

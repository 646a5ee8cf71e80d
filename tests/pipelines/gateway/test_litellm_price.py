"""The bundled price table, read without importing LiteLLM."""

from __future__ import annotations

from pipelines.catalogue import ModelEntry
from pipelines.chat import Usage
from pipelines.gateway.litellm_price import context_window_of, makes_vectors, max_output_tokens_of, price_of


def test_a_known_model_has_a_dated_price_in_usd_per_million_tokens() -> None:
    price = price_of("gpt-4o-mini")
    assert price is not None
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (0.15, 0.6)
    assert price.cached_input_usd_per_mtok == 0.075
    assert price.source.startswith("price table of LiteLLM 1.")
    assert price.as_of.year >= 2026
    assert not price.notional
    entry = ModelEntry(name="x", provider="litellm", target="gpt-4o-mini", price=price)
    assert round(entry.cost_usd(Usage(input_tokens=1_000_000, output_tokens=1_000_000)), 9) == 0.75


def test_a_prefix_is_understood_only_where_it_names_the_provider_of_the_row() -> None:
    assert price_of("openai/gpt-4o-mini") == price_of("gpt-4o-mini")
    assert price_of("groq/gpt-4o-mini") is None


def test_the_limits_of_a_known_model() -> None:
    assert context_window_of("gpt-4o-mini") == 128_000
    assert max_output_tokens_of("gpt-4o-mini") == 16_384


def test_embedding_models_are_told_from_those_that_chat_and_have_no_output_to_pay() -> None:
    known = {"text-embedding-3-small": True, "openai/gpt-4o-mini": False, "no-such-model": True}
    assert {name: makes_vectors(name) for name in known} == known
    price = price_of("openai/text-embedding-3-small")
    assert price is not None
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (0.02, 0.0)


def test_nothing_is_known_of_an_unknown_model() -> None:
    assert price_of("no-such-model") is None
    assert context_window_of("no-such-model") is None
    assert max_output_tokens_of("no-such-model") is None

"""What an attempt can cost at most, and how the number of calls at a time recovers."""

from __future__ import annotations

import pytest

from pipelines.error import ModelOverloaded
from pipelines.gateway.scripted import ScriptedProvider
from pipelines.gateway.trial import bound_usd
from tests.pipelines.gateway.scene import Clock, Scope, ask, entry, gateway


def test_a_schema_counts_as_input() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    assert bound_usd(entry(), ask(response_schema=schema)) > bound_usd(entry(), ask())


def test_a_model_without_a_price_is_bounded_by_nothing() -> None:
    assert bound_usd(entry(price=None), ask()) == 0.0


async def test_calls_at_a_time_grow_again_after_an_overload() -> None:
    provider = ScriptedProvider({"": [ModelOverloaded("busy"), "hello"]})
    door = gateway(provider, entry(max_concurrency=2), Clock())
    await door.complete(ask("first"), Scope())
    limiter = door._limiter(entry(max_concurrency=2))
    assert limiter.limit == pytest.approx(2.0)

"""What the door does when the entry of a model changes, and when a person asks the model for a sign of life."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.catalogue import Catalogue
from pipelines.error import ModelUnreachable
from pipelines.gateway.scripted import Line, ScriptedProvider
from pipelines.store import MemoryStore
from tests.pipelines.gateway.scene import Clock, Scope, ask, entry, gateway


async def test_the_same_name_on_another_server_is_asked_anew() -> None:
    store = MemoryStore()
    first, second = ScriptedProvider({"": "old"}), ScriptedProvider({"": "new"})
    await gateway(first, entry("http://127.0.0.1:1/v1"), store=store).complete(ask(), Scope())
    completion = await gateway(second, entry("http://127.0.0.1:2/v1"), store=store).complete(ask(), Scope())
    assert completion.text == "new"


async def test_another_number_of_calls_at_a_time_holds_from_the_next_call_on() -> None:
    provider = ScriptedProvider({"": Line(text="hello", latency_s=0.001)})
    door = gateway(provider, entry(max_concurrency=1))
    await door.complete(ask("before"), Scope())
    door.catalogue = Catalogue([entry(max_concurrency=4)], default="small")
    await asyncio.gather(*(door.complete(ask(f"q{n}"), Scope()) for n in range(20)))
    assert provider.peak == 4


async def test_a_person_may_ask_a_model_that_is_left_alone() -> None:
    provider = ScriptedProvider({"": [*[ModelUnreachable("gone")] * 15, "back"]})
    door = gateway(provider, entry(), Clock())
    for number in range(5):
        with pytest.raises(ModelUnreachable, match="gone"):
            await door.complete(ask(f"q{number}"), Scope())
    with pytest.raises(ModelUnreachable, match="left alone"):
        await door.complete(ask("while it is away"), Scope())
    assert (await door.complete(ask("test call", purpose="probe"), Scope())).text == "back"
    assert (await door.complete(ask("afterwards"), Scope())).text == "back"

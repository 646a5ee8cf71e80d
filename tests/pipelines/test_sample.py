"""Samples of one question differ in their number only, and one failure stops the others."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Completion, Message
from pipelines.error import ModelOverloaded
from pipelines.sample import complete_samples
from tests.pipelines.nodes.scripted import ScriptedModels, entry

REQUEST = ChatRequest(messages=(Message(role="user", content="Roll."),))


async def test_samples_come_in_order_each_with_its_number() -> None:
    models = ScriptedModels(lambda request: f"roll {request.sample}")
    completions = await complete_samples(models, REQUEST, 3)
    assert [completion.text for completion in completions] == ["roll 0", "roll 1", "roll 2"]
    assert [request.purpose for request in models.requests] == ["draft", "draft", "draft"]


class _FirstFails:
    """Fails the first sample while the others wait for ever."""

    def __init__(self) -> None:
        self.stopped: list[int] = []

    async def complete(self, request: ChatRequest) -> Completion:
        if request.sample == 0:
            await asyncio.sleep(0)
            raise ModelOverloaded("busy")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped.append(request.sample)
            raise
        raise AssertionError

    def entry(self, name: str | None) -> ModelEntry:
        return entry(name or "scripted")

    async def count_tokens(self, name: str | None, text: str) -> int:
        return len(text)


async def test_the_first_failure_stops_the_others_and_comes_out_as_it_is() -> None:
    models = _FirstFails()
    with pytest.raises(ModelOverloaded, match=r"^busy$"):
        await complete_samples(models, REQUEST, 3)
    assert sorted(models.stopped) == [1, 2]

"""Scripted models: which part answers, and that they behave like any provider."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.chat import TokenLogprob, Usage
from pipelines.error import ModelOverloaded, ModelRejectedRequest
from pipelines.gateway.scripted import Line, ScriptedProvider
from tests.pipelines.gateway.scene import Clock, ask, entry


async def said(provider: ScriptedProvider, text: str = "hi", **changes: Any) -> str:
    return (await provider.complete(entry(**changes), ask(text), None)).text


async def test_the_first_key_that_fits_answers() -> None:
    provider = ScriptedProvider({"small": "by name", "capital": "Paris", "": "anything"})
    assert await said(provider) == "by name"
    assert await said(provider, "the capital of France?", name="big") == "Paris"
    assert await said(provider, "hi", name="big") == "anything"


async def test_several_parts_answer_one_after_the_other_and_the_last_from_then_on() -> None:
    provider = ScriptedProvider({"": ["one", ModelOverloaded("busy"), "two"]})
    assert await said(provider) == "one"
    with pytest.raises(ModelOverloaded):
        await said(provider)
    assert await said(provider) == "two"
    assert await said(provider) == "two"


async def test_a_function_may_answer() -> None:
    provider = ScriptedProvider(lambda entry, request: f"{entry.name}: {request.messages[-1].content.upper()}")
    assert await said(provider) == "small: HI"


async def test_nothing_in_the_script_is_an_error_with_the_question() -> None:
    with pytest.raises(ModelRejectedRequest, match="no answer to 'hi'"):
        await said(ScriptedProvider({"other": "x"}))


async def test_tokens_latency_and_log_probabilities_are_as_written() -> None:
    clock = Clock()
    line = Line(text="yes no", latency_s=0.2, input_tokens=3, output_tokens=4, logprob=-0.5, finish_reason="length")
    heard: list[str] = []
    provider = ScriptedProvider({"": line}, sleep=clock.sleep)
    reply = await provider.complete(entry(), ask(logprobs=True), heard.append)
    assert clock.slept == [0.2]
    assert heard == ["yes", " no"]
    assert reply.usage == Usage(input_tokens=3, output_tokens=4)
    assert reply.logprobs == (TokenLogprob(token="yes", logprob=-0.5), TokenLogprob(token=" no", logprob=-0.5))
    assert (reply.finish_reason, reply.first_token_s) == ("length", 0.2)


async def test_pieces_of_a_stream_add_up_to_the_text() -> None:
    heard: list[str] = []
    text = "  two  words,\nand a line \n"
    await ScriptedProvider({"": text}).complete(entry(), ask(), heard.append)
    assert "".join(heard) == text

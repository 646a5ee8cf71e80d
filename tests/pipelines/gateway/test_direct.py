"""The lean path: what is sent, and what is read from a well-behaved server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from pipelines.chat import ChatRequest, Message, Sampling, TokenLogprob, Usage
from pipelines.error import ConfigurationError
from pipelines.gateway.direct import DirectProvider, endpoint
from pipelines.gateway.openai_format import parameters
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.scene import ask, entry

OPEN_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED_SCHEMA = {**OPEN_SCHEMA, "required": ["a"], "additionalProperties": False}
FULL = ChatRequest(
    messages=(Message(role="system", content="be brief"), Message(role="user", content="hi")),
    model="small",
    sampling=Sampling(temperature=0.7, top_p=0.9, max_tokens=10, stop=("X",)),
    response_schema=OPEN_SCHEMA,
    logprobs=True,
    seed=3,
)


async def test_the_whole_request_is_sent() -> None:
    async with s.serving() as server:
        provider = DirectProvider()
        await provider.complete(entry(server.base_url), FULL, None)
        await provider.aclose()
    assert server.bodies == [
        {
            "model": "m",
            "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}],
            "temperature": 0.7,
            "top_p": 0.9,
            "max_tokens": 10,
            "stop": ["X"],
            "seed": 3,
            "logprobs": True,
            "top_logprobs": 5,
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": OPEN_SCHEMA}},
        }
    ]
    assert "Authorization" not in server.headers[0]


def test_what_is_unset_or_unsupported_is_not_sent() -> None:
    bare = entry("http://127.0.0.1/v1", supports_logprobs=False, supports_json_schema=False)
    plain = FULL.model_copy(update={"sampling": Sampling(temperature=None), "seed": None})
    assert set(parameters(bare, plain)) == {"messages"}


@pytest.mark.parametrize(("schema", "strict"), [(OPEN_SCHEMA, None), (CLOSED_SCHEMA, True)])
def test_a_closed_schema_is_enforced_strictly(schema: dict[str, Any], strict: bool | None) -> None:
    sent = parameters(entry("http://127.0.0.1/v1"), ask(response_schema=schema))
    assert sent["response_format"]["json_schema"].get("strict") is strict


@pytest.mark.parametrize(
    ("base_url", "asked"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/api/v3/chat/completions"),
    ],
)
def test_the_address_that_is_asked(base_url: str, asked: str) -> None:
    assert endpoint(entry(base_url)) == asked


def test_a_model_without_an_address_is_said() -> None:
    with pytest.raises(ConfigurationError, match="'small' has no base URL"):
        endpoint(entry(provider="openai_compatible"))


async def test_text_usage_finish_and_logprobs_are_read() -> None:
    tokens = [
        {
            "token": "hel",
            "logprob": -0.5,
            "top_logprobs": [{"token": "hel", "logprob": -0.5}, {"token": "x", "logprob": -2}],
        },
        {"token": "lo", "logprob": -0.1},
    ]
    choice = {"message": {"content": "hello"}, "finish_reason": "length", "logprobs": {"content": tokens}}
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    async with s.serving() as server:
        server.will(s.answers({"choices": [choice], "usage": usage}))
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask(logprobs=True), None)
        await provider.aclose()
    assert reply.text == "hello"
    assert reply.usage == Usage(input_tokens=9, output_tokens=2, cached_input_tokens=4)
    assert reply.finish_reason == "length"
    assert reply.logprobs == (
        TokenLogprob(token="hel", logprob=-0.5, top={"hel": -0.5, "x": -2.0}),
        TokenLogprob(token="lo", logprob=-0.1),
    )


@pytest.mark.parametrize(
    ("message", "text", "finish"),
    [
        ({"content": [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]}, "ab", "stop"),
        ({"content": None, "refusal": "I must not."}, "I must not.", "content_filter"),
        ({"content": ""}, "", "stop"),
    ],
)
async def test_answers_in_parts_refusals_and_empty_answers_are_answers(
    message: dict[str, Any], text: str, finish: str
) -> None:
    async with s.serving() as server:
        server.will(s.answers({"choices": [{"message": message, "finish_reason": None}]}))
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask(), None)
        await provider.aclose()
    assert (reply.text, reply.finish_reason) == (text, finish)


async def test_log_probabilities_that_cannot_be_true_are_dropped() -> None:
    choice = {"message": {"content": "x"}, "logprobs": {"content": [{"token": "x", "logprob": 3.0}]}}
    async with s.serving() as server:
        server.will(s.answers({"choices": [choice]}))
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask(logprobs=True), None)
        await provider.aclose()
    assert reply.logprobs is None


async def test_a_stream_tells_tokens_and_brings_everything_else_along() -> None:
    heard: list[str] = []
    tail = {**s.chunk(), "choices": [], "usage": s.USAGE}
    chunks = (s.chunk("hel", logprob=-0.5), s.chunk("lo", logprob=-0.1), s.chunk(finish="stop"), tail)
    ticks = iter([10.0, 10.25])
    async with s.serving() as server:
        server.will(s.streams(*chunks))
        provider = DirectProvider(clock=lambda: next(ticks))
        reply = await provider.complete(entry(server.base_url), ask(logprobs=True), heard.append)
        await provider.aclose()
    assert heard == ["hel", "lo"]
    assert reply.text == "hello"
    assert reply.usage == Usage(input_tokens=5, output_tokens=2)
    assert reply.first_token_s == 0.25
    assert [token.logprob for token in reply.logprobs or ()] == [-0.5, -0.1]
    assert server.bodies[0]["stream"] is True
    assert server.bodies[0]["stream_options"] == {"include_usage": True}


async def test_half_a_character_in_an_answer_is_replaced() -> None:
    async with s.serving() as server:
        server.will(s.says("a\ud83d b"))
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask(), None)
        await provider.aclose()
    assert reply.text == "a\ufffd b"


async def test_a_character_cut_in_two_by_the_stream_is_joined() -> None:
    heard: list[str] = []
    async with s.serving() as server:
        server.will(s.streams(s.chunk("a\ud83d"), s.chunk("\ude00b\ude00"), s.chunk("\ud83d"), s.chunk(finish="stop")))
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask(), heard.append)
        await provider.aclose()
    assert heard == ["a", "\U0001f600b\ufffd"]
    assert reply.text == "a\U0001f600b\ufffd\ufffd"


async def test_events_may_be_cut_anywhere_between_packets() -> None:
    body = b": hello\r\n\r\n" + b"".join(b"data: " + json.dumps(part).encode() + b"\r\n\r\n" for part in s.HELLO)

    async def byte_by_byte(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for at in range(0, len(body), 7):
            await response.write(body[at : at + 7])
        return response

    heard: list[str] = []
    async with s.serving() as server:
        server.will(byte_by_byte)
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask(), heard.append)
        await provider.aclose()
    assert reply.text == "hello"
    assert "".join(heard) == "hello"


async def test_a_question_of_several_megabytes_is_sent() -> None:
    async with s.serving() as server:
        provider = DirectProvider()
        reply = await provider.complete(entry(server.base_url), ask("x" * 3_000_000), None)
        await provider.aclose()
    assert reply.text == "hello"
    assert len(server.bodies[0]["messages"][0]["content"]) == 3_000_000


def test_one_provider_serves_one_event_loop_after_another() -> None:
    async def once(provider: DirectProvider) -> str:
        async with s.serving() as server:
            return (await provider.complete(entry(server.base_url), ask(), None)).text

    async def twice_closed(provider: DirectProvider) -> str:
        text = await once(provider)
        await provider.aclose()
        return text

    provider = DirectProvider()
    assert asyncio.run(once(provider)) == "hello"
    assert asyncio.run(twice_closed(provider)) == "hello"

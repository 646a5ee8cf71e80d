"""A real HTTP server on loopback that speaks the OpenAI chat format, misbehaves on demand and keeps a ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


class Stub:
    """Answers each request with the next behaviour in line, and with the last one from then on."""

    def __init__(self) -> None:
        self.base_url = ""
        self.behaviours: list[Behaviour] = [says("hello")]
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.active = 0
        self.peak = 0
        self.stray = 0

    @property
    def calls(self) -> int:
        return len(self.bodies)

    def will(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(json.loads(await request.text()))
        self.headers.append(dict(request.headers))
        self.active += 1
        self.peak = max(self.peak, self.active)
        try:
            return await self.behaviours[min(self.calls, len(self.behaviours)) - 1](request)
        finally:
            self.active -= 1

    async def elsewhere(self, request: web.Request) -> web.Response:
        self.stray += 1
        return web.json_response(reply("from elsewhere"))


@asynccontextmanager
async def serving() -> AsyncIterator[Stub]:
    stub = Stub()
    app = web.Application(client_max_size=20_000_000)
    app.router.add_post("/v1/chat/completions", stub.chat)
    app.router.add_route("*", "/elsewhere", stub.elsewhere)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    stub.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield stub
    finally:
        await runner.cleanup()


def reply(text: str | None, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": USAGE,
    }
    return body | more


def says(text: str | None, **more: Any) -> Behaviour:
    return answers(reply(text, **more))


def answers(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Behaviour:
    async def behave(_: web.Request) -> web.Response:
        return web.json_response(body, status=status, headers=headers)

    return behave


def sends(body: bytes, *, kind: str = "application/json", status: int = 200) -> Behaviour:
    async def behave(_: web.Request) -> web.Response:
        return web.Response(body=body, status=status, content_type=kind)

    return behave


def fails(status: int, message: str = "no", **headers: str) -> Behaviour:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answers({"error": {"message": message}}, status=status, headers=named)


async def hangs(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError("never reached")


async def drops(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def promises_more_than_it_sends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.abort()
    return response


def redirects(location: str) -> Behaviour:
    async def behave(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    return behave


def chunk(text: str | None = None, finish: str | None = None, logprob: float | None = None) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": finish}
    if logprob is not None:
        choice["logprobs"] = {"content": [{"token": text, "logprob": logprob, "top_logprobs": []}]}
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def streams(*chunks: Any, done: bool = True, cut: bool = False, then: Behaviour | None = None) -> Behaviour:
    """Streams the chunks as events, runs `then`, and says `[DONE]` or breaks the connection."""

    async def behave(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for part in chunks:
            data = part if isinstance(part, bytes) else json.dumps(part).encode()
            await response.write(b"data: " + data + b"\n\n")
        if then is not None:
            await then(request)
        if cut:
            assert request.transport is not None
            request.transport.abort()
        elif done:
            await response.write(b"data: [DONE]\n\n")
        return response

    return behave


HELLO = (chunk("hel"), chunk("lo"), chunk(finish="stop"), {**chunk(), "choices": [], "usage": USAGE})

"""Discovery of model servers on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from pipelines.gateway.discovery import LocalServer, discover


@asynccontextmanager
async def listing(answer: web.Response | None) -> AsyncIterator[int]:
    async def models(_: web.Request) -> web.Response:
        if answer is None:
            await asyncio.Event().wait()
        assert answer is not None
        return answer

    app = web.Application()
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_every_listed_model_becomes_an_entry() -> None:
    rows = [{"id": "llama3.2"}, {"id": "qwen", "max_model_len": 4096}, {"id": 7}, "x", {"id": ""}]
    async with listing(web.json_response({"data": rows})) as port:
        entries = await discover([LocalServer("ollama", port)])
    assert [entry.name for entry in entries] == ["ollama:llama3.2", "ollama:qwen"]
    assert {entry.base_url for entry in entries} == {f"http://127.0.0.1:{port}/v1"}
    assert [entry.target for entry in entries] == ["llama3.2", "qwen"]
    assert [entry.context_window for entry in entries] == [None, 4096]
    assert entries[0].provider == "openai_compatible"
    assert entries[0].key_env is None


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(body=b"<html>"),
        web.Response(status=404),
        web.json_response([1]),
        web.json_response({"data": "x"}),
        web.Response(body=b" " * 2_000_000),
        None,
    ],
    ids=["html", "404", "list", "no rows", "too long", "silence"],
)
async def test_whatever_else_answers_is_no_model_and_no_error(answer: web.Response | None) -> None:
    async with listing(answer) as port:
        assert await discover([LocalServer("x", port)], timeout_s=0.2) == ()


async def test_nothing_there_is_no_error() -> None:
    async with listing(web.Response()) as port:
        pass
    assert await discover([LocalServer("x", port)]) == ()

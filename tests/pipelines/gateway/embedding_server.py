"""A real HTTP server on loopback that makes vectors of texts, and one that answers in chats beside it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.pipelines.gateway.stub import reply

WORDS = ("plus", "translate", "bread")


class EmbeddingServer:
    """Makes vectors by which of three words a text has; `says` replaces its next answers."""

    def __init__(self) -> None:
        """Starts without requests."""
        self.base_url = ""
        self.bodies: list[dict[str, Any]] = []
        self.chats: list[dict[str, Any]] = []
        self.says: Any = None

    async def embeddings(self, request: web.Request) -> web.Response:
        """Answers with a vector for each text, the last text first."""
        body = json.loads(await request.text())
        self.bodies.append(body)
        if self.says is not None:
            return web.json_response(self.says)
        found = [
            {"object": "embedding", "index": number, "embedding": vector(text)}
            for number, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 10 * len(found), "total_tokens": 10 * len(found)}
        return web.json_response({"object": "list", "model": "e", "data": found[::-1], "usage": usage})

    async def chat(self, request: web.Request) -> web.Response:
        """Answers with one sentence."""
        self.chats.append(json.loads(await request.text()))
        return web.json_response(reply("hello"))


def vector(text: str) -> list[float]:
    """Returns the vector of a text, of length 2 unless it has no word."""
    counts = [float(word in text.lower()) * 2.0 for word in WORDS]
    return counts if any(counts) else [0.1, 0.1, 0.1]


@asynccontextmanager
async def embedding() -> AsyncIterator[EmbeddingServer]:
    """Serves as long as the context lasts."""
    server = EmbeddingServer()
    app = web.Application(client_max_size=20_000_000)
    app.router.add_post("/v1/embeddings", server.embeddings)
    app.router.add_post("/v1/chat/completions", server.chat)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()

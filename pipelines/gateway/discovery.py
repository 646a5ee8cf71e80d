"""Finds language models that other programs serve on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

import aiohttp
import orjson
from pydantic import ValidationError

from pipelines.catalogue import ModelEntry
from pipelines.gateway.openai_format import MAX_PLAUSIBLE_TOKENS

MAX_MODELS = 200
MAX_BODY_BYTES = 1_000_000


class LocalServer(NamedTuple):
    """Is a program that may serve models on this machine."""

    name: str
    port: int


SERVERS = (
    LocalServer("ollama", 11_434),
    LocalServer("llama.cpp", 8_080),
    LocalServer("vllm", 8_000),
    LocalServer("lm-studio", 1_234),
)


async def discover(servers: Iterable[LocalServer] = SERVERS, *, timeout_s: float = 0.5) -> tuple[ModelEntry, ...]:
    """Returns an entry `server:model` for each model that is served on loopback at present; never raises."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        found = await asyncio.gather(*(_models(session, server) for server in servers))
    return tuple(entry for entries in found for entry in entries)


async def _models(session: aiohttp.ClientSession, server: LocalServer) -> list[ModelEntry]:
    base_url = f"http://127.0.0.1:{server.port}/v1"
    try:
        async with session.get(f"{base_url}/models", allow_redirects=False) as response:
            if response.status != 200:
                return []
            listed = orjson.loads(await _body(response))
    except (aiohttp.ClientError, OSError, ValueError):
        return []
    rows = listed.get("data") if isinstance(listed, dict) else None
    entries = [_entry(server, base_url, row) for row in rows[:MAX_MODELS]] if isinstance(rows, list) else []
    return [entry for entry in entries if entry is not None]


async def _body(response: aiohttp.ClientResponse) -> bytes:
    try:
        await response.content.readexactly(MAX_BODY_BYTES)
    except asyncio.IncompleteReadError as error:
        return error.partial
    return b""


def _entry(server: LocalServer, base_url: str, row: Any) -> ModelEntry | None:
    """Returns the entry for one listed model, or None where the listing makes no sense."""
    name = row.get("id") if isinstance(row, dict) else None
    if not isinstance(name, str):
        return None
    window = row.get("max_model_len")
    known = isinstance(window, int) and 0 < window <= MAX_PLAUSIBLE_TOKENS
    try:
        return ModelEntry(
            name=f"{server.name}:{name}"[:120],
            provider="openai_compatible",
            target=name,
            base_url=base_url,
            context_window=window if known else None,
            note=f"Found on this machine ({server.name}, port {server.port}).",
        )
    except ValidationError:
        return None

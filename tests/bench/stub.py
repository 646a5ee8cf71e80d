"""A model server that answers every chat after a fixed time: raw ASGI, so that it costs as little as it can."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

LATENCY_S = 0.2
# The marks around the answer are what DSPy looks for; the others take them as text.
BODY = (
    b'{"id":"x","object":"chat.completion","created":1,"model":"stub","choices":[{"index":0,"finish_reason":"stop",'
    b'"message":{"role":"assistant","content":"[[ ## answer ## ]]\\nParis\\n\\n[[ ## completed ## ]]"}}],'
    b'"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}'
)


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Reads the request, waits, answers; asks nothing of the framework."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    if scope["method"] == "POST":
        await asyncio.sleep(LATENCY_S)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


@contextmanager
def serving(port: int = 8931) -> Iterator[str]:
    """Yields the base URL of a stub in a process of its own."""
    command = [sys.executable, "-m", "uvicorn", "tests.bench.stub:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url, timeout=1)
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()

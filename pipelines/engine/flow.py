"""What carries the steps of a run: LangGraph, or for batches bare asyncio.

LangGraph's graph API advances in super-steps: the next node of a quick branch waits for the slow node of another.
Its functional API has no such barrier, so every node that asks for a service is one LangGraph task inside one
entrypoint, and starts the moment its own inputs are there. A node that only computes runs in place.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "1")

from langgraph.func import entrypoint, task

STOP_GRACE_S = 5.0
Body = Callable[[], Awaitable[Any]]


class Flow(Protocol):
    """Carries runs and their steps; what they do and when they start is the engine's."""

    async def run(self, body: Body) -> Any:
        """Runs `body` as one run and returns what it returns."""

    async def step(self, body: Body) -> Any:
        """Runs `body` as one step of the present run and returns what it returns."""


@task
async def _step(body: Body) -> Any:
    return await body()


@entrypoint()
async def _flow(body: Body) -> Any:
    return await body()


class LangGraphFlow:
    """Makes each run a LangGraph run and each step a task of it, so that LangGraph's callbacks and tracers see them."""

    async def run(self, body: Body) -> Any:
        """Runs `body` as one LangGraph run."""
        return await _flow.ainvoke(body)

    async def step(self, body: Body) -> Any:
        """Runs `body` as one LangGraph task."""
        ended = asyncio.Event()
        ended.set()

        async def watched() -> Any:
            ended.clear()
            try:
                return await body()
            finally:
                ended.set()

        try:
            return await _step(watched)
        except asyncio.CancelledError:
            # LangGraph lets go at once, while the record of the stopped call is still on its way into the span.
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), STOP_GRACE_S)
            raise


class PlainFlow:
    """Leaves LangGraph's bookkeeping out, 0.7 ms of CPU for a run of one expert; for batches that nobody watches."""

    async def run(self, body: Body) -> Any:
        """Runs `body`."""
        return await body()

    async def step(self, body: Body) -> Any:
        """Runs `body`."""
        return await body()

"""Runs the steps of a plan on LangGraph as a data flow.

LangGraph's graph API advances in super-steps: the next node of a quick branch waits for the slow node of another.
Its functional API has no such barrier, so every node that asks for a service is one LangGraph task inside one
entrypoint, and starts the moment its own inputs are there. A node that only computes runs in place.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "1")

from langgraph.func import entrypoint, task

Body = Callable[[], Awaitable[Any]]


@task
async def _step(body: Body) -> Any:
    return await body()


@entrypoint()
async def _flow(body: Body) -> Any:
    return await body()


async def run_flow(body: Body) -> Any:
    """Runs `body` as one LangGraph run and returns what it returns."""
    return await _flow.ainvoke(body)


async def run_step(body: Body) -> Any:
    """Runs `body` as one LangGraph task of the present run and returns what it returns."""
    return await _step(body)

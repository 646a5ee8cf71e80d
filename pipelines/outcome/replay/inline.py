"""A loop of its own for work that only computes: nobody else waits for it, and it waits for no thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class InlineExecutor(ThreadPoolExecutor):
    """Calls what it is given at once: thirty thousand trips to a thread and back would take longer than the work."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Returns a future that has ended; what the call raises, this raises."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


async def aside(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Returns what a coroutine returns that was run on a loop of its own, in a thread of its own."""

    def run() -> T:
        with asyncio.Runner() as runner:
            runner.get_loop().set_default_executor(InlineExecutor(max_workers=1))
            return runner.run(work())

    return await asyncio.to_thread(run)

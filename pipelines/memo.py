"""Remembers what was expensive to make, and lets everybody who asks meanwhile wait for the one who makes it."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Keeps the latest `size` values by key; it may be shared by threads and event loops."""

    def __init__(self, size: int) -> None:
        """Takes how many values are kept; the least recently used one goes first."""
        self._size = size
        self._futures: OrderedDict[K, Future[V]] = OrderedDict()
        self._lock = threading.Lock()

    async def get(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """Returns the value of a key, made at most once at a time; a failure is raised and not remembered."""
        while True:
            future, mine = self._claim(key)
            if mine:
                return await self._made(key, future, make)
            try:
                return await asyncio.shield(asyncio.wrap_future(future))
            except _GivenUp:
                continue

    def _claim(self, key: K) -> tuple[Future[V], bool]:
        """Returns the future of a key, and whether the caller has to fulfil it."""
        with self._lock:
            future = self._futures.get(key)
            if future is not None:
                self._futures.move_to_end(key)
                return future, False
            future = self._futures[key] = Future()
            while len(self._futures) > self._size:
                self._futures.popitem(last=False)
            return future, True

    async def _made(self, key: K, future: Future[V], make: Callable[[], Awaitable[V]]) -> V:
        try:
            value = await make()
        except BaseException:
            # Whoever waits tries for himself: the maker may only have been cancelled.
            with self._lock:
                if self._futures.get(key) is future:
                    del self._futures[key]
            future.set_exception(_GivenUp())
            raise
        future.set_result(value)
        return value


class _GivenUp(Exception):
    """Tells those who wait that the maker failed or was cancelled."""

"""A thread that serves what many callers ask in groups, so that one transaction does for all of them."""

from __future__ import annotations

import asyncio
import atexit
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from storage.error import StorageError

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
LARGEST_GROUP = 500


@dataclass(frozen=True, slots=True)
class _Ticket(Generic[Item, Outcome]):
    item: Item
    loop: asyncio.AbstractEventLoop | None = None
    future: asyncio.Future[Outcome] | None = None


class GroupThread(Generic[Item, Outcome]):
    """Collects items from any number of event loops and hands them on in groups of at most 500.

    An item that finds the thread idle is served at once; under load a group is begun every `pause_s`, so that a group
    is worth its transaction. The thread starts with the first item.
    """

    def __init__(
        self, name: str, serve: Callable[[Sequence[Item]], Sequence[Outcome | StorageError]], *, pause_s: float = 0.0
    ) -> None:
        """Takes a name for the thread and the function that serves a group: an outcome or an error for each item."""
        self._name = name
        self._serve = serve
        self._pause_s = pause_s
        self._waiting: queue.SimpleQueue[_Ticket[Item, Outcome] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    async def ask(self, item: Item) -> Outcome:
        """Returns the outcome of the item once its group is done.

        Raises:
            StorageError: if the item failed, or the thread is closed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._send(_Ticket(item, loop, future))
        return await future

    def tell(self, item: Item) -> None:
        """Hands the item over and returns; it is served behind everything handed over before.

        Raises:
            StorageError: if the thread is closed.
        """
        self._send(_Ticket(item))

    def close(self) -> None:
        """Serves what is waiting, then ends the thread; closing twice does nothing."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            atexit.unregister(self.close)
            self._waiting.put(None)
            thread.join()

    def _send(self, ticket: _Ticket[Item, Outcome]) -> None:
        with self._lock:
            if self._closed:
                raise StorageError("The database is closed; open it again.")
            self._waiting.put(ticket)
            if self._thread is None:
                atexit.register(self.close)
                self._start()

    def _start(self) -> None:
        # A daemon, so that a program that forgets to close still ends; `atexit` then serves what is waiting.
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        earliest = 0.0
        open_ = True
        while open_:
            tickets, open_ = self._next_group(earliest)
            outcomes: Sequence[Outcome | StorageError] | None = None
            try:
                outcomes = self._serve([ticket.item for ticket in tickets]) if tickets else []
            finally:
                if outcomes is None:
                    # The error ends this thread and Python shows it; another goes on, so that nobody waits in vain.
                    self._start()
                    outcomes = [StorageError("The database thread stopped over an unforeseen error.")] * len(tickets)
                _answer(tickets, outcomes)
            earliest = time.monotonic() + self._pause_s

    def _next_group(self, earliest: float) -> tuple[list[_Ticket[Item, Outcome]], bool]:
        """Returns the next tickets, and whether more may come."""
        first = self._waiting.get()
        if first is None:
            return [], False
        time.sleep(max(0.0, earliest - time.monotonic()))
        tickets = [first]
        while len(tickets) < LARGEST_GROUP and not self._waiting.empty():
            ticket = self._waiting.get()
            if ticket is None:
                return tickets, False
            tickets.append(ticket)
        return tickets, True


def _answer(tickets: Sequence[_Ticket[Item, Outcome]], outcomes: Sequence[Outcome | StorageError]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Outcome], Outcome | StorageError]]] = {}
    for ticket, outcome in zip(tickets, outcomes, strict=True):
        if ticket.loop is not None and ticket.future is not None:
            by_loop.setdefault(ticket.loop, []).append((ticket.future, outcome))
    for loop, answers in by_loop.items():
        # A loop that was closed meanwhile has nobody left who waits.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: Sequence[tuple[asyncio.Future[Outcome], Outcome | StorageError]]) -> None:
    for future, outcome in answers:
        if future.done():
            continue
        if isinstance(outcome, StorageError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

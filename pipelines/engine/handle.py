"""A run on its way, as whoever started it holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.run import Run


class Switch:
    """Stops a run where it may be stopped: while its nodes run, not while its beginning or its end is stored."""

    def __init__(self) -> None:
        """Starts with nothing to stop."""
        self.pressed = False
        self._task: asyncio.Task[Any] | None = None

    def press(self) -> None:
        """Stops what runs, or what will."""
        self.pressed = True
        if self._task is not None:
            self._task.cancel()

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Lets the present task be stopped inside."""
        self._task = asyncio.current_task()
        try:
            yield
        finally:
            self._task = None


class RunHandle:
    """Is a run on its way: wait for it, read its events, or stop it."""

    def __init__(self, task: asyncio.Task[Run], switch: Switch) -> None:
        """Takes the task that brings the run to its end and the way to stop it."""
        self._task = task
        self._switch = switch

    def stop(self) -> None:
        """Stops the run; what is finished stays, the result has the status `cancelled`."""
        self._switch.press()

    async def result(self) -> Run:
        """Waits for the end and returns the whole run."""
        return await asyncio.shield(self._task)

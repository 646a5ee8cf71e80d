"""The one retry loop: a total deadline, few tries, jitter, and respect for Retry-After."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pipelines.error import ModelError, ModelTimedOut

T = TypeVar("T")


class Retry:
    """Tries again what may succeed later, within one deadline for all tries and pauses together.

    Source: full jitter as in M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    def __init__(
        self,
        *,
        tries: int = 3,
        base_s: float = 0.5,
        cap_s: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        """Takes the most tries, the first and longest backoff in seconds, and what tests replace."""
        self.clock = clock
        self._tries = tries
        self._base_s = base_s
        self._cap_s = cap_s
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311  jitter, not a secret

    async def run(self, attempt: Callable[[], Awaitable[T]], timeout_s: float, subject: str = "The model") -> T:
        """Returns what the first successful attempt returns; `subject` opens the sentence of a time-out.

        Raises:
            ModelTimedOut: if the deadline passed during an attempt.
            ModelError: what the last attempt raised; at once where another try is useless or the deadline is nearer
                than the pause.
        """
        deadline = asyncio.timeout(timeout_s)
        try:
            async with deadline:
                return await self._run(attempt, self.clock() + timeout_s)
        except TimeoutError:
            if not deadline.expired():
                raise
            raise ModelTimedOut(f"{subject} did not answer within {timeout_s:g} s, all tries together.") from None

    async def _run(self, attempt: Callable[[], Awaitable[T]], deadline_s: float) -> T:
        for number in range(1, self._tries + 1):
            try:
                return await attempt()
            except ModelError as error:
                pause_s = self._pause_s(number, error.retry_after_s)
                if not error.retryable or number == self._tries or self.clock() + pause_s >= deadline_s:
                    raise
            await self._sleep(pause_s)
        raise AssertionError("the last try returns or raises")

    def _pause_s(self, number: int, retry_after_s: float | None) -> float:
        if retry_after_s is not None:
            return retry_after_s + self._rng.uniform(0.0, self._base_s)
        return self._rng.uniform(0.0, min(self._cap_s, self._base_s * 2.0**number))

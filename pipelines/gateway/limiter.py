"""How many calls one model gets at a time: fewer when it is overloaded, more again as it recovers."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress


class Limiter:
    """Hands out slots in the order of asking; the limit halves under overload and grows by one slot a round.

    Belongs to one event loop at a time. Source: additive increase, multiplicative decrease (D.-M. Chiu and R. Jain,
    1989), on the number of calls in flight as in V. Jacobson's congestion window.
    """

    def __init__(self, ceiling: int) -> None:
        """Takes the most calls at a time; the limit starts there."""
        self.ceiling = ceiling
        self.limit = float(ceiling)
        self.active = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._cut = 0

    async def acquire(self) -> int:
        """Waits for a slot and returns its generation, which `overloaded` wants back."""
        if self.active < int(self.limit) and not self._waiting:
            self.active += 1
            return self._cut
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            else:
                with suppress(ValueError):
                    self._waiting.remove(turn)
                self._wake()
            raise
        return self._cut

    def release(self) -> None:
        """Gives a slot back and wakes whoever may go next."""
        self.active -= 1
        self._wake()

    def resize(self, ceiling: int) -> None:
        """Sets the most calls at a time anew; the limit starts there again."""
        self.ceiling, self.limit = ceiling, float(ceiling)
        self._wake()

    def succeeded(self) -> None:
        """Lets the limit grow: by one after as many successes as there are slots."""
        if self.limit < self.ceiling:
            self.limit = min(float(self.ceiling), self.limit + 1.0 / self.limit)
            self._wake()

    def overloaded(self, generation: int) -> int:
        """Halves the limit, once for all calls that were in flight together, and returns the present generation."""
        if generation == self._cut:
            self.limit = max(1.0, min(self.limit, float(max(1, self.active))) / 2.0)
            self._cut += 1
        return self._cut

    def _wake(self) -> None:
        while self._waiting and self.active < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self.active += 1
                turn.set_result(None)

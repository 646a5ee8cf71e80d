"""The money that many runs share: each attempt of each of them is promised here before it is made."""

from __future__ import annotations

import asyncio

from pipelines.error import BudgetExceeded, BudgetPromised, RunCancelled


class Purse:
    """Refuses the attempt with which many runs together could exceed their limit, and every one once it is closed.

    A promise counts at its worst case, so the runs cannot exceed the limit together. Where the money would suffice if
    the calls in flight cost nothing, the next one is to wait for them, not to be refused. Belongs to one event loop;
    other threads may read the numbers.
    """

    def __init__(self, limit_usd: float | None = None, *, spent_usd: float = 0.0) -> None:
        """Takes the most that all runs may cost, None being no limit, and what they have cost before."""
        self.limit_usd = limit_usd
        self.spent_usd = spent_usd
        self.promised_usd = 0.0
        self.in_flight = 0
        self.exhausted = False
        self._closed_because: str | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def left_usd(self) -> float | None:
        """Returns what is neither spent nor promised, never below 0, or None without a limit."""
        return None if self.limit_usd is None else max(0.0, self.limit_usd - self.spent_usd - self.promised_usd)

    def promise(self, cost_usd: float) -> None:
        """Sets aside the most that one attempt can cost.

        Raises:
            RunCancelled: if the purse is closed.
            BudgetPromised: if it may be enough once calls in flight are paid; `settled` waits for that.
            BudgetExceeded: if it is not enough.
        """
        if self._closed_because is not None:
            raise RunCancelled(self._closed_because)
        if self.limit_usd is not None and self.spent_usd + self.promised_usd + cost_usd > self.limit_usd:
            raise self._refusal(cost_usd, self.limit_usd)
        self.in_flight += 1
        self.promised_usd += cost_usd

    def settle(self, promised_usd: float, paid_usd: float) -> None:
        """Replaces a promise by what was paid, and lets those who wait try again."""
        self.in_flight -= 1
        self.promised_usd = self.promised_usd - promised_usd if self.in_flight else 0.0
        self.spent_usd += paid_usd
        self._wake()

    async def settled(self) -> None:
        """Returns once a call in flight was paid; at once if there is none or the purse is closed."""
        if self.in_flight and self._closed_because is None:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def close(self, reason: str) -> None:
        """Refuses every attempt from now on; calls in flight go on and are paid."""
        self._closed_because = reason
        self._wake()

    def _refusal(self, cost_usd: float, limit_usd: float) -> BudgetExceeded:
        free_usd = max(0.0, limit_usd - self.spent_usd)
        if self.in_flight and cost_usd <= free_usd:
            return BudgetPromised(f"${free_usd:.6f} of the budget of the experiment is promised to calls in flight.")
        self.exhausted = True
        return BudgetExceeded(
            f"The next call may cost up to ${cost_usd:.6f}, and ${free_usd:.6f} is left of the experiment's budget of"
            f" ${limit_usd:.6f}."
        )

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)

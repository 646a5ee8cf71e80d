"""The ledger of a run: what it has spent, what it has promised to spend, and what it may not."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.engine.purse import Purse
from pipelines.error import BudgetExceeded
from pipelines.run import Budget


class Reservation:
    """Holds the money of one attempt until its true cost is known."""

    def __init__(self, ledger: Ledger, cost_usd: float) -> None:
        """Takes the ledger and the most that the attempt can cost."""
        self._ledger = ledger
        self._cost_usd = cost_usd

    def settle(self, cost_usd: float) -> None:
        """Replaces the promise by what was paid."""
        self._ledger.reserved_usd -= self._cost_usd
        self._ledger.spent_usd += cost_usd
        if self._ledger.purse is not None:
            self._ledger.purse.settle(self._cost_usd, cost_usd)
        self._cost_usd = 0.0

    def release(self) -> None:
        """Gives the promise back: nothing was paid."""
        self.settle(0.0)


class Ledger:
    """Refuses the attempt that would exceed the budget, before it is made.

    Every reservation counts at its worst case until it is settled, so parallel calls cannot exceed the limit together.
    """

    def __init__(
        self,
        budget: Budget,
        clock: Callable[[], float],
        *,
        spent_usd: float = 0.0,
        calls: int = 0,
        purse: Purse | None = None,
    ) -> None:
        """Takes the limits, a monotonic clock in seconds, what a resumed run has used before, and a shared purse."""
        self.budget = budget
        self.purse = purse
        self.spent_usd = spent_usd
        self.reserved_usd = 0.0
        self.calls = calls
        self._clock = clock
        self._start_s = clock()

    @property
    def limits_money(self) -> bool:
        """Says whether the budget has a limit in USD."""
        return self.budget.usd is not None or (self.purse is not None and self.purse.limit_usd is not None)

    def remaining_s(self) -> float | None:
        """Returns the seconds left, never below 0, or None without a limit."""
        if self.budget.seconds is None:
            return None
        return max(0.0, self.budget.seconds - (self._clock() - self._start_s))

    def reserve(self, cost_usd: float) -> Reservation:
        """Promises the money for one attempt that costs at most `cost_usd`.

        Raises:
            BudgetExceeded: if the attempt could exceed a limit of the run or of the purse.
            RunCancelled: if the purse was closed.
        """
        limit = self.budget
        if limit.calls is not None and self.calls >= limit.calls:
            raise BudgetExceeded(f"The budget of {limit.calls} calls is used up.")
        if self.remaining_s() == 0.0:
            raise BudgetExceeded(f"The budget of {limit.seconds:g} s is used up.")
        used = self.spent_usd + self.reserved_usd
        if limit.usd is not None and used + cost_usd > limit.usd:
            raise BudgetExceeded(
                f"The next call may cost up to ${cost_usd:.6f}, and ${max(0.0, limit.usd - used):.6f} is left of the"
                f" budget of ${limit.usd:.6f}."
            )
        if self.purse is not None:
            self.purse.promise(cost_usd)
        self.calls += 1
        self.reserved_usd += cost_usd
        return Reservation(self, cost_usd)

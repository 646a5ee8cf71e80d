"""Counts the rows of an experiment as they end; any thread may read it."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from pipelines.engine.purse import Purse
from pipelines.experiment.experiment import ExperimentStatus, Row
from pipelines.experiment.progress import Progress
from pipelines.experiment.scoring import waits_for_person

PACE_S: Final = 60.0
"""The rate is that of the last minute."""
_SUMS: Final = {
    "calls": "calls",
    "cached_calls": "cached_calls",
    "judge_usd": "judge_cost_usd",
    "list_usd": "list_cost_usd",
}


class Tally:
    """Holds the progress of an experiment in the hands of this process."""

    def __init__(
        self, stored: Progress, purse: Purse, scorers: Sequence[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Takes the progress as it is stored, the money, the names of the scorers, and a monotonic clock in seconds."""
        self._scorers = tuple(scorers)
        self._total = stored.total
        self._experiment = stored.experiment
        self._purse = purse
        self._clock = clock
        self._counts: Counter[str] = Counter({name: getattr(stored, name) for name in _COUNTED})
        self._sums: dict[str, Any] = {name: getattr(stored, name) for name in _SUMS}
        self._running = 0
        self._begun_s = clock()
        self._ends: deque[float] = deque()
        self._lock = threading.Lock()

    def started(self) -> None:
        """Counts a row on its way."""
        with self._lock:
            self._running += 1

    def left(self) -> None:
        """Counts a row that is no longer on its way."""
        with self._lock:
            self._running -= 1

    def stored(self, row: Row, replaced: Row | None) -> None:
        """Counts a row that is stored, and no longer the one whose place it took."""
        with self._lock:
            self._count(row, 1)
            if replaced is not None:
                self._count(replaced, -1)
            self._ends.append(self._clock())

    def progress(self, status: ExperimentStatus, error: str | None = None) -> Progress:
        """Returns the progress at this moment."""
        with self._lock:
            counts, sums, running = dict(self._counts), dict(self._sums), self._running
            rate_per_s = self._rate_per_s()
        left = self._total - counts["done"] - counts["failed"] - counts["no_answer"]
        return Progress(
            experiment=self._experiment,
            status=status,
            error=error,
            total=self._total,
            running=running,
            **counts,
            **sums,
            paid_usd=self._purse.spent_usd,
            budget_left_usd=self._purse.left_usd,
            rate_per_s=rate_per_s,
            left_s=left / rate_per_s if rate_per_s else None,
        )

    def _count(self, row: Row, step: int) -> None:
        if row.status in _COUNTED:
            self._counts[row.status] += step
        if row.status == "done":
            self._counts["unscored"] += step * bool(row.score_errors)
            self._counts["unlabelled"] += step * waits_for_person(row, self._scorers)
        for name, column in _SUMS.items():
            self._sums[name] = max(0, self._sums[name] + step * getattr(row, column))

    def _rate_per_s(self) -> float | None:
        present_s = self._clock()
        while self._ends and self._ends[0] < present_s - PACE_S:
            self._ends.popleft()
        seconds = min(PACE_S, present_s - self._begun_s)
        return len(self._ends) / seconds if self._ends and seconds > 0.0 else None


_COUNTED: Final = ("done", "failed", "no_answer", "budget", "cancelled", "unscored", "unlabelled")

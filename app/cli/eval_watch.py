"""Waits for an experiment in the terminal: shows how far it is, and lets Ctrl+C pause it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from app.cli.output import console, tell
from app.figure import cost_text, duration_text

if TYPE_CHECKING:
    from app.workspace import Workspace
    from pipelines.experiment.progress import Progress

POLL_S: Final = 0.25
LINE_EVERY_S: Final = 10.0
"""How often a log, which cannot be drawn over, gets another line."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Holds how far an experiment was carried, in how many seconds, and whether a person broke it off."""

    progress: Progress
    wall_s: float
    interrupted: bool


class Show(Protocol):
    """Shows progress."""

    def __call__(self, progress: Progress) -> None:
        """Takes how far it is now."""


def carry(space: Workspace, experiment_id: str, future: Future[Progress], *, watch: bool) -> Carried:
    """Waits until a started experiment has come to rest.

    The first Ctrl+C pauses it, so that rows on their way are finished; the second breaks them off.

    Raises:
        RouteloomError: if it could not begin.
    """
    begun_s = time.perf_counter()
    ended_s: list[float] = []
    future.add_done_callback(lambda _: ended_s.append(time.perf_counter()))
    interrupts = 0
    with _shown(watch) as show:
        while not future.done():
            try:
                wait([future], timeout=POLL_S)
                show(space.experiments.progress(experiment_id))
            except KeyboardInterrupt:
                interrupts += 1
                _interrupt(space, experiment_id, interrupts)
    progress = future.result()
    return Carried(progress, ended_s[0] - begun_s, interrupts > 0 and progress.status != "done")


def progress_words(progress: Progress) -> str:
    """Returns how far an experiment is, on one line."""
    parts = [f"{progress.ended:,} of {progress.total:,} rows"]
    parts += [f"{progress.failed:,} failed"] if progress.failed else []
    if progress.rate_per_s:
        rate = progress.rate_per_s
        parts.append(f"{rate:.1f} rows/s" if rate >= 1 else f"{rate * 60:.1f} rows/min")
    parts += [f"about {duration_text(progress.left_s)} left"] if progress.left_s else []
    paid = cost_text(progress.paid_usd)
    left = progress.budget_left_usd
    parts.append(f"paid {paid}" if left is None else f"paid {paid} of {cost_text(progress.paid_usd + left)}")
    return " · ".join(parts)


def _interrupt(space: Workspace, experiment_id: str, interrupts: int) -> None:
    if interrupts == 1:
        tell("Pausing: rows on their way are finished; Ctrl+C again breaks them off.")
        space.experiments.pause(experiment_id)
    else:
        space.experiments.close()


@contextmanager
def _shown(watch: bool) -> Iterator[Show]:
    if not watch:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[Show]:
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    with Bars(BarColumn(), TextColumn("{task.description}"), console=console(), transient=True) as bars:
        bar = bars.add_task("starting")

        def show(progress: Progress) -> None:
            bars.update(bar, total=progress.total, completed=progress.ended, description=progress_words(progress))

        yield show


class _Lines:
    """Writes a line now and then."""

    def __init__(self) -> None:
        self._next_s = time.monotonic() + LINE_EVERY_S

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + LINE_EVERY_S
            tell(progress_words(progress))

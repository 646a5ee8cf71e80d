"""Fills missing cells behind the page: it goes on when the page is closed, can be stopped, and keeps what it bought."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from app.outcome.filling import fill_cells
from pipelines.data.example import Example
from pipelines.engine.purse import Purse
from pipelines.error import ConfigurationError, RouteloomError
from pipelines.outcome.missing import FillPlan
from pipelines.outcome.table import OutcomeTable

if TYPE_CHECKING:
    from app.workspace import Workspace

FillStatus = Literal["running", "done", "stopped", "failed"]
CHUNK: Final = 128
"""Cells that are begun together: a stop waits for no more than these, and all of them failing ends the filling."""
STOPPED: Final = "The filling was stopped."
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FillOrder:
    """Says which cells of a table are to be filled, and how.

    Attributes:
        name: under which the table is stored again.
        about: title, source and licence of the stored table.
        aliases: what the catalogue calls a model of the table.
        budget_usd: most that all calls may cost together.
    """

    name: str
    table: OutcomeTable
    plan: FillPlan
    examples: tuple[Example, ...]
    scorer: Mapping[str, Any]
    about: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    budget_usd: float | None = None


@dataclass(slots=True)
class FillJob:
    """Is a filling under way or at its end; the page reads it, one thread writes it.

    Attributes:
        asked: cells that were asked, with or without success; `filled` have a score now.
        failed: for each cell that got none, its query and model and why.
        version: under which the table with the new cells is stored; None before, or where no cell was filled.
    """

    order: FillOrder
    purse: Purse
    status: FillStatus = "running"
    asked: int = 0
    filled: int = 0
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    error: str = ""
    version: int | None = None
    began_s: float = field(default_factory=time.monotonic)
    stop: threading.Event = field(default_factory=threading.Event)
    future: Future[None] | None = None

    @property
    def total(self) -> int:
        """Returns how many cells are to be filled."""
        return len(self.order.plan.cells)

    @property
    def left_s(self) -> float | None:
        """Returns how long the rest will take at the pace so far; None before the first cell."""
        return (time.monotonic() - self.began_s) / self.asked * (self.total - self.asked) if self.asked else None

    def tick(self) -> None:
        """Notes that one more cell was asked."""
        self.asked += 1


class Fillings:
    """Holds the last filling of each table of this process; one is under way at a time."""

    def __init__(self, space: Workspace) -> None:
        """Takes the workspace whose models are asked and whose tables are filled."""
        self._space = space
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="routeloom-filling")
        self._found: dict[str, FillJob] = {}

    def of(self, name: str) -> FillJob | None:
        """Returns the last filling of a table, by its name."""
        return self._found.get(name)

    def start(self, order: FillOrder) -> FillJob:
        """Starts a filling, after that which is under way.

        Raises:
            ConfigurationError: if there is no cell to fill, or the table is being filled.
        """
        if not len(order.plan.cells):
            raise ConfigurationError(f"No cell of '{order.name}' is chosen; there is nothing to fill.")
        known = self._found.get(order.name)
        if known is not None and known.status == "running":
            raise ConfigurationError(f"'{order.name}' is being filled; stop that or wait for its end.")
        job = FillJob(order, Purse(order.budget_usd))
        self._found[order.name] = job
        job.future = self._pool.submit(self._run, job)
        return job

    def stop(self, name: str) -> None:
        """Stops a filling; calls in flight are paid and kept."""
        job = self._found.get(name)
        if job is not None and job.status == "running":
            job.stop.set()
            # The purse belongs to the loop.
            self._space.loop.loop.call_soon_threadsafe(job.purse.close, STOPPED)

    def forget(self, name: str) -> None:
        """Lets go of a filling that has ended."""
        job = self._found.get(name)
        if job is not None and job.status != "running":
            del self._found[name]

    def close(self) -> None:
        """Stops what is under way and waits until its cells are stored."""
        for name in list(self._found):
            self.stop(name)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: FillJob) -> None:
        job.began_s = time.monotonic()
        end: FillStatus = "failed"
        try:
            table = self._filled(job)
            if job.filled:
                job.version = self._space.storage.outcome_tables.put(table, job.order.name, **job.order.about)
            end = "stopped" if job.stop.is_set() else "failed" if job.error else "done"
        except RouteloomError as error:
            job.error = str(error)
        finally:
            if end == "failed" and not job.error:
                job.error = "The filling ended unexpectedly; the log tells more."
                _LOG.exception("A filling ended unexpectedly.")
            job.status = end

    def _filled(self, job: FillJob) -> OutcomeTable:
        """Returns the table with the cells that could be bought; what ends it early is told in the job."""
        order, table = job.order, job.order.table
        for part in _parts(order.plan):
            if job.stop.is_set() or job.purse.exhausted:
                break
            try:
                found = fill_cells(
                    *(self._space, table, part, order.examples, order.scorer),
                    aliases=order.aliases,
                    purse=job.purse,
                    on_done=job.tick,
                )
            except RouteloomError as error:
                job.error = str(error)
                break
            table = found.table
            job.filled += found.filled
            if not job.stop.is_set():
                job.failed += found.failed
            if not found.filled and not job.stop.is_set():
                job.error = f"None of {len(part.cells):,} cells could be filled, so the rest was not tried."
                break
        return table


def _parts(plan: FillPlan) -> Iterator[FillPlan]:
    """Yields the plan in parts that are begun together."""
    for start in range(0, len(plan.cells), CHUNK):
        part = slice(start, start + CHUNK)
        yield replace(plan, cells=plan.cells[part], cost_usd=plan.cost_usd[part])

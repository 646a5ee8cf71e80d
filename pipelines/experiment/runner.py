"""Runs the rows of an experiment through a sliding pool of workers, and stops as exactly as it was asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pipelines.data.example import Example
from pipelines.engine import Engine
from pipelines.engine.purse import Purse
from pipelines.error import ConfigurationError, PipelineInvalid, RouteloomError, StoreUnavailable
from pipelines.experiment.assessment import Assessor
from pipelines.experiment.experiment import Experiment, ExperimentStatus, Row
from pipelines.experiment.remainder import Remainder
from pipelines.experiment.row import Task, Trouble, row_of, run_of, trouble_of
from pipelines.experiment.tally import Tally
from pipelines.experiment.width import useful_width
from pipelines.run import Run
from pipelines.scorer import Scorer
from pipelines.service import Embedder

MOST_UNSTORED: Final = 1_000
STOP_GRACE_S: Final = 30.0
"""How long calls in flight may take after a cancellation before they are broken off."""
_ENDINGS: Final[Mapping[Trouble, ExperimentStatus]] = {"store": "paused", "key": "failed", "budget": "budget"}


class RowStore(Protocol):
    """Remembers rows."""

    async def put(self, experiment_id: str, row: Row) -> None:
        """Stores a row in its place and returns once it would survive the death of the process."""


class ExampleSource(Protocol):
    """Gives the examples of an experiment, some at a time."""

    async def take(self, block: range) -> Sequence[Example]:
        """Returns the examples at these places of the experiment, from 0."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Says how an experiment came to rest, and why where it is not done."""

    status: ExperimentStatus
    error: str | None = None


class Runner:
    """Brings the rows of one experiment to their end. Belongs to one event loop."""

    def __init__(
        self,
        experiment: Experiment,
        engine: Engine,
        store: RowStore,
        examples: ExampleSource,
        remainder: Remainder,
        *,
        scorers: Mapping[str, Scorer],
        embedder: Embedder,
        purse: Purse,
        tally: Tally,
    ) -> None:
        """Takes what is to be run, what runs and remembers it, and where money and rows are counted."""
        self.purse = purse
        self.tally = tally
        self._experiment = experiment
        self._engine = engine
        self._store = store
        self._examples = examples
        self._remainder = remainder
        self._assessor = Assessor(engine, scorers, embedder, purse)
        self._ending: Ending | None = None
        self._tasks = self._all_tasks()
        self._turn = asyncio.Lock()
        self._workers: list[asyncio.Task[None]] = []
        self._writes: set[asyncio.Task[None]] = set()

    async def run(self) -> Ending:
        """Runs the rows that are left and returns how it ended.

        Raises:
            RouteloomError: if the examples cannot be read.
        """
        width = useful_width(self._experiment, self._engine.gateway.catalogue)
        self._workers = [asyncio.create_task(self._work()) for _ in range(width)]
        try:
            for done in asyncio.as_completed(self._workers):
                try:
                    await done
                except asyncio.CancelledError:
                    if self._ending is None:
                        raise
        finally:
            self._break_off()
            await asyncio.gather(*self._workers, return_exceptions=True)
            await asyncio.gather(*self._writes, return_exceptions=True)
            await self._tasks.aclose()
        return self._ending or Ending("done")

    @property
    def ending(self) -> Ending | None:
        """Returns how it is about to end, or None while rows are begun."""
        return self._ending

    def stop(self, status: ExperimentStatus, error: str | None = None) -> None:
        """Begins no row any more; those on their way are brought to their end. The first reason stays."""
        self._ending = self._ending or Ending(status, error)

    def cancel(self, status: ExperimentStatus = "cancelled", *, grace_s: float = STOP_GRACE_S) -> None:
        """Makes no call any more; those in flight are waited for, up to `grace_s` seconds."""
        self._ending = Ending(status)
        self.purse.close("The experiment was stopped.")
        if grace_s:
            asyncio.get_running_loop().call_later(grace_s, self._break_off)
        else:
            self._break_off()

    def _break_off(self) -> None:
        for worker in self._workers:
            worker.cancel()

    async def _work(self) -> None:
        while (task := await self._next()) is not None:
            self.tally.started()
            try:
                await self._row(task)
            finally:
                self.tally.left()

    async def _next(self) -> Task | None:
        async with self._turn:
            return None if self._ending else await anext(self._tasks, None)

    async def _all_tasks(self) -> AsyncGenerator[Task, None]:
        """Yields the rows one by one, so that only a block of examples is ever in memory."""
        for block, places in self._remainder.blocks():
            examples = await self._examples.take(block)
            for repeat, place, contender in places:
                earlier = self._remainder.begun.get((repeat, place, contender))
                yield Task(contender, place, repeat, examples[place - block.start], earlier)

    async def _row(self, task: Task) -> None:
        run = run_of(self._experiment, task)
        resume = run.id in self._remainder.begun_runs
        try:
            finished = await self._engine.run(run, resume=resume, purse=self.purse)
            row = await self._judged(task, finished, resume=resume)
        except (PipelineInvalid, ConfigurationError) as error:
            self.stop("failed", str(error))
        except StoreUnavailable as error:
            self._meet("store", str(error))
        except RouteloomError as error:
            await self._put(task, row_of(task, run.model_copy(update={"status": "failed", "error": str(error)})))
        else:
            if row is not None:
                await self._put(task, row)

    async def _judged(self, task: Task, run: Run, *, resume: bool) -> Row | None:
        """Returns the row of a run with its scores, or None where the row is to be run again some time."""
        trouble = trouble_of(run)
        if trouble is not None and trouble[0] in ("store", "key"):
            self._meet(*trouble)
            return None
        if trouble is not None and trouble[0] == "cancelled":
            return row_of(task, run, status="cancelled")
        if trouble is not None and self.purse.exhausted:
            self._meet(*trouble)
            return row_of(task, run, status="budget")
        assessed = await self._assessor.assess(task, run, resume=resume)
        if assessed.trouble is not None:
            self._meet(*assessed.trouble)
        return assessed.row

    def _meet(self, trouble: Trouble, error: str) -> None:
        """Stops for what would befall every further row too."""
        if trouble == "key":
            error = f"{error.rstrip('.')}. The experiment stopped here; put the key right and resume it."
        if trouble in ("store", "key"):
            self.purse.close(error)
        if trouble in _ENDINGS:
            self.stop(_ENDINGS[trouble], error)

    async def _put(self, task: Task, row: Row) -> None:
        """Hands a row to the store, and waits only where too many are on their way there."""
        write = asyncio.create_task(self._stored(task, row))
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)
        if len(self._writes) >= MOST_UNSTORED:
            await asyncio.wait(self._writes, return_when=asyncio.FIRST_COMPLETED)

    async def _stored(self, task: Task, row: Row) -> None:
        try:
            await self._store.put(self._experiment.id, row)
        except StoreUnavailable as error:
            self._meet("store", str(error))
        except RouteloomError as error:
            self.stop("failed", str(error))
        else:
            self.tally.stored(row, task.earlier)

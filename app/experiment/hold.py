"""An experiment in the hands of this process: its lease, its heart beat, and what persons wish meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final

from app.experiment.source import StoredExamples
from app.owner import LEASE_S, has_died
from pipelines.engine import Engine
from pipelines.engine.purse import Purse
from pipelines.error import RouteloomError, StaleWrite
from pipelines.experiment.experiment import Experiment, ExperimentStatus
from pipelines.experiment.progress import Progress
from pipelines.experiment.runner import Ending, Runner
from pipelines.experiment.scoring import read_scorers
from pipelines.experiment.tally import Tally
from pipelines.service import Embedder
from storage import Storage
from storage.error import DatabaseUnavailable

BEAT_S: Final = 5.0
"""How soon a wish from another process is seen, and how often the lease is renewed."""
WISHES: Final = ("paused", "cancelled")


class ExperimentHold:
    """Is one experiment from the moment it is started here until it has come to rest."""

    def __init__(
        self, experiment: Experiment, storage: Storage, engine: Engine, embedder: Embedder, owner: str, beat_s: float
    ) -> None:
        """Takes the experiment and what runs and remembers it."""
        self.experiment = experiment
        self.future: Future[Progress] | None = None
        self._storage = storage
        self._engine = engine
        self._embedder = embedder
        self._owner = owner
        self._beat_s = beat_s
        self._runner: Runner | None = None
        self._wishes: list[Callable[[Runner], None]] = []
        self._lock = threading.Lock()

    def wish(self, loop: asyncio.AbstractEventLoop, wish: Callable[[Runner], None]) -> None:
        """Asks the runner for something from any thread, now or as soon as there is one."""
        with self._lock:
            if self._runner is None:
                self._wishes.append(wish)
                return
        loop.call_soon_threadsafe(wish, self._runner)

    def progress(self) -> Progress | None:
        """Returns how far it is, or None before it begins."""
        runner = self._runner
        if runner is None:
            return None
        ending = runner.ending
        return runner.tally.progress("running" if ending is None else ending.status, ending.error if ending else None)

    async def run(self) -> Progress:
        """Runs what is left and returns how far it came.

        Raises:
            StaleWrite: if another process has it in hand.
            RouteloomError: if it cannot begin.
        """
        if not await asyncio.to_thread(self._take):
            raise StaleWrite(f"The experiment '{self.experiment.id}' is being run by another process.")
        heart: asyncio.Task[None] | None = None
        ending = Ending("failed", "The experiment broke off over an unforeseen error.")
        try:
            runner = await self._begin()
            heart = asyncio.create_task(self._beat(runner))
            ending = await runner.run()
        except RouteloomError as error:
            ending = Ending("failed", str(error))
            raise
        except asyncio.CancelledError:
            ending = Ending("paused")
            raise
        finally:
            if heart is not None:
                heart.cancel()
            await asyncio.shield(asyncio.to_thread(self._rest, ending))
        return runner.tally.progress(ending.status, ending.error)

    async def _begin(self) -> Runner:
        stored = self._storage.experiments
        experiment = self.experiment
        scorers = read_scorers(experiment.scorers)
        remainder = await asyncio.to_thread(stored.remainder, experiment.id)
        known = await asyncio.to_thread(stored.progress, experiment.id)
        purse = Purse(experiment.settings.budget_usd, spent_usd=remainder.paid_usd)
        runner = Runner(
            experiment,
            self._engine,
            stored,
            StoredExamples(self._storage, experiment),
            remainder,
            scorers=scorers,
            embedder=self._embedder,
            purse=purse,
            tally=Tally(known, purse, tuple(scorers)),
        )
        await asyncio.to_thread(stored.set_status, experiment.id, "running")
        with self._lock:
            self._runner, wishes = runner, self._wishes
        for wish in wishes:
            wish(runner)
        return runner

    def _take(self) -> bool:
        """Says whether the experiment is ours now; the lease of a process that died on this machine is ended."""
        stored, name = self._storage.experiments, self.experiment.id
        if stored.lease(name, self._owner, LEASE_S):
            return True
        holder = stored.holder(name)
        if holder is None or not has_died(holder):
            return False
        stored.release(name, holder)
        return stored.lease(name, self._owner, LEASE_S)

    async def _beat(self, runner: Runner) -> None:
        """Keeps the lease, does what another process has asked for, and stops once another has the lease."""
        stored, name = self._storage.experiments, self.experiment.id
        while True:
            await asyncio.sleep(self._beat_s)
            # A database that is busy for once does not end the experiment: the next beat asks again.
            with suppress(DatabaseUnavailable):
                if not await asyncio.to_thread(stored.renew, name, self._owner, LEASE_S):
                    runner.cancel("paused", grace_s=0.0)
                    return
                said = (await asyncio.to_thread(stored.get, name)).status
                if said in WISHES and runner.ending is None:
                    stop_as(said)(runner)

    def _rest(self, ending: Ending) -> None:
        """Says how it ended, unless another process has it in hand meanwhile or nothing can be stored."""
        stored, name = self._storage.experiments, self.experiment.id
        with suppress(DatabaseUnavailable):
            if stored.holder(name) in (None, self._owner):
                stored.set_status(name, ending.status, ending.error)
            stored.release(name, self._owner)


def stop_as(status: ExperimentStatus) -> Callable[[Runner], None]:
    """Returns the wish that an experiment be paused (rows on their way are finished) or cancelled (calls are)."""
    if status == "cancelled":
        return lambda runner: runner.cancel()
    return lambda runner: runner.stop(status)

"""Runs in the hands of this process: started once, kept by a lease, stopped whenever the person wants."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress

from app.loop import LoopThread
from app.owner import LEASE_S, has_died, own_name
from pipelines.engine import Engine, RunHandle
from pipelines.error import StaleWrite
from pipelines.event import EventSink
from pipelines.run import Fired, Run
from storage import RunLog
from storage.error import DatabaseUnavailable


class _Hold:
    """Is a run that this process has in hand, from the moment it is asked for: it may be stopped before it begins."""

    def __init__(self) -> None:
        self.handle: RunHandle | None = None
        self.stopped = False


class Holds:
    """Starts and stops runs on the loop, each at most once at a time, here and in every other process."""

    def __init__(self, engine: Engine, log: RunLog, loop: LoopThread) -> None:
        """Takes what runs, where leases are kept, and the loop."""
        self._engine = engine
        self._log = log
        self._loop = loop
        self._owner = own_name()
        self._holds: dict[str, _Hold] = {}
        self._lock = threading.Lock()

    def start(
        self,
        run: Run,
        *,
        on_event: EventSink | None = None,
        reuse: Mapping[str, Fired] | None = None,
        resume: bool = False,
    ) -> Future[Run]:
        """Starts a run; its future raises `StaleWrite` if it is under way already or has ended."""
        with self._lock:
            hold = None if run.id in self._holds else self._holds.setdefault(run.id, _Hold())
        if hold is None:
            refused: Future[Run] = Future()
            refused.set_exception(StaleWrite(f"The run '{run.id}' is under way already."))
            return refused
        return self._loop.submit(self._held(run, hold, on_event, reuse, resume))

    def stop(self, run_id: str) -> None:
        """Stops a run; does nothing if it has ended."""
        hold = self._holds.get(run_id)
        if hold is not None:
            hold.stopped = True
            if hold.handle is not None:
                self._loop.loop.call_soon_threadsafe(hold.handle.stop)

    def stop_all(self) -> None:
        """Stops every run."""
        for run_id in list(self._holds):
            self.stop(run_id)

    async def _held(
        self, run: Run, hold: _Hold, on_event: EventSink | None, reuse: Mapping[str, Fired] | None, resume: bool
    ) -> Run:
        """Brings a run to its end while its lease keeps every other process away from it."""
        heart: asyncio.Task[None] | None = None
        try:
            if not await asyncio.to_thread(self._take, run.id):
                raise StaleWrite(f"The run '{run.id}' is being run by another process.")
            heart = asyncio.create_task(self._beat(run.id, hold))
            if resume and reuse is None:
                reuse = await asyncio.to_thread(self._reused_before, run.id)
            hold.handle = self._engine.start(run, on_event=on_event, reuse=reuse, resume=resume)
            if hold.stopped:
                hold.handle.stop()
            return await hold.handle.result()
        finally:
            del self._holds[run.id]
            if heart is not None:
                heart.cancel()
                await asyncio.to_thread(self._log.release, run.id, self._owner)

    def _reused_before(self, run_id: str) -> dict[str, Fired]:
        """Returns what an interrupted run had taken over from an earlier one, which its calls do not tell.

        Raises:
            StaleWrite: if the run has ended meanwhile.
        """
        run = self._log.run(run_id)
        if run is None or run.status != "running":
            raise StaleWrite(f"The run '{run_id}' has ended meanwhile.")
        return {span.node_id: span.fired for span in run.spans if span.reused and span.fired is not None}

    def _take(self, run_id: str) -> bool:
        """Says whether the run is ours now; the lease of a process that died on this machine is ended at once."""
        log = self._log
        if log.lease(run_id, self._owner, LEASE_S):
            return True
        holder = log.holder(run_id)
        if holder is None or not has_died(holder):
            return False
        log.release(run_id, holder)
        return log.lease(run_id, self._owner, LEASE_S)

    async def _beat(self, run_id: str, hold: _Hold) -> None:
        """Keeps the lease, and stops the run once another process has it."""
        is_ours = True
        while is_ours:
            await asyncio.sleep(LEASE_S / 3)
            # A database that is busy for once does not end the run: the next beat asks again.
            with suppress(DatabaseUnavailable):
                is_ours = await asyncio.to_thread(self._log.renew, run_id, self._owner, LEASE_S)
        if hold.handle is not None:
            hold.handle.stop()

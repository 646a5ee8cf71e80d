"""Many runs at once: a sliding pool on the loop of the workspace, with one lease for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.owner import LEASE_S, own_name
from pipelines.engine import Engine
from pipelines.engine.purse import Purse
from pipelines.run import Run
from storage import RunLog
from storage.error import DatabaseUnavailable


async def run_batch(
    engine: Engine,
    log: RunLog,
    runs: Sequence[Run],
    *,
    width: int,
    on_done: Callable[[Run], None] | None = None,
    purse: Purse | None = None,
) -> list[Run]:
    """Brings all runs to their end, `width` at a time, and returns them in the order they were given.

    With a `purse` they share its money.
    A run starts as soon as any other has ended, so a slow one holds nobody back. While the batch goes on, no other
    process may take up one of its runs.
    """
    owner = own_name()
    finished: dict[str, Run] = {}
    waiting = iter(runs)

    async def work() -> None:
        for run in waiting:
            finished[run.id] = await engine.run(run, purse=purse)
            if on_done is not None:
                on_done(finished[run.id])

    await asyncio.to_thread(log.lease_all, [run.id for run in runs], owner, LEASE_S)
    heart = asyncio.create_task(_beat(log, owner))
    workers = [asyncio.create_task(work()) for _ in range(min(width, len(runs)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for each in (*workers, heart):
            each.cancel()
        await asyncio.gather(*workers, heart, return_exceptions=True)
        await asyncio.to_thread(log.release_all, owner)
    return [finished[run.id] for run in runs]


async def _beat(log: RunLog, owner: str) -> None:
    while True:
        await asyncio.sleep(LEASE_S / 3)
        # A database that is busy for once does not end the leases: the next beat asks again.
        with suppress(DatabaseUnavailable):
            await asyncio.to_thread(log.renew_all, owner, LEASE_S)

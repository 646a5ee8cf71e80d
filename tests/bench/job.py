"""What the benchmark of batches has to do: single calls, many at a time, or runs of a small graph."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.bench.stub import LATENCY_S


class Job(NamedTuple):
    """Is so many runs, some at a time; a run is one call, or a router, two experts at once and one who joins them."""

    runs: int
    width: int
    is_graph: bool = False

    @property
    def calls(self) -> int:
        """Returns the calls of all runs together."""
        return self.runs * (4 if self.is_graph else 1)

    @property
    def ideal_s(self) -> float:
        """Returns the wall time if nothing but the model took any."""
        return -(-self.runs // self.width) * LATENCY_S * (3 if self.is_graph else 1)

    def __str__(self) -> str:
        """Returns the job in words."""
        what = "runs of a 4-call graph" if self.is_graph else "calls"
        return f"{self.runs:,} {what} of {LATENCY_S * 1000:.0f} ms, {self.width} at a time"


JOBS = {"calls": Job(1_000, 64), "wide": Job(5_000, 256), "graph": Job(500, 64, is_graph=True)}


class Pace(NamedTuple):
    """Is what the calls took, start-up and imports not counted: wall and CPU seconds of this process."""

    wall_s: float
    cpu_s: float


@contextmanager
def paced() -> Iterator[list[Pace]]:
    """Measures what happens inside; the list holds the result afterwards."""
    found: list[Pace] = []
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    yield found
    found.append(Pace(time.perf_counter() - wall_s, time.process_time() - cpu_s))


async def pool(one: Callable[[int], Awaitable[object]], job: Job) -> Pace:
    """Runs `one` for every number through a sliding pool, after one call that warms it up."""
    await one(-1)
    numbers = iter(range(job.runs))

    async def work() -> None:
        for number in numbers:
            await one(number)

    with paced() as found:
        await asyncio.gather(*(work() for _ in range(job.width)))
    return found[0]


async def asked(ask: Callable[[str], Awaitable[str]], job: Job, number: int) -> str:
    """Does one run of the job with nothing but asyncio."""
    question = f"question {number}"
    if not job.is_graph:
        return await ask(question)
    routed = await ask(question)
    left, right = await asyncio.gather(ask(f"left {routed} {number}"), ask(f"right {routed} {number}"))
    return await ask(f"{left} {right} {number}")

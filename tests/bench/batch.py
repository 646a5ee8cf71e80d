"""1,000 calls of 200 ms, 64 at a time: wall time against the ideal, ours with every call stored, peers beside.

    python -m tests.bench.batch [--peers PYTHON ...]

Each PYTHON is an interpreter that has some of the peers installed (haystack-ai, dspy, inspect_ai, litellm, langgraph).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.stub import LATENCY_S, serving

if TYPE_CHECKING:
    from pipelines.run import Run

CALLS, WIDTH = 1_000, 64
IDEAL_S = -(-CALLS // WIDTH) * LATENCY_S


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


async def pool(one: Callable[[int], Awaitable[object]], calls: int = CALLS, width: int = WIDTH) -> Pace:
    """Runs `one` for every number through a sliding pool, after one call that warms it up."""
    await one(-1)
    numbers = iter(range(calls))

    async def work() -> None:
        for number in numbers:
            await one(number)

    with paced() as found:
        await asyncio.gather(*(work() for _ in range(width)))
    return found[0]


def ours(url: str, *, watched: bool = False) -> Pace:
    """Runs a one-expert pipeline through the whole workspace: engine, gateway, every run and call stored."""
    from app.batch import run_batch
    from app.config import Config
    from app.workspace import Workspace
    from pipelines.catalogue import ModelEntry, Price
    from pipelines.record import now
    from pipelines.run import RunSettings
    from pipelines.value import Query
    from tests.pipelines.drawing import single_expert

    price = Price(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of=now().date())
    entry = ModelEntry(
        name="stub", provider="openai_compatible", target="stub", base_url=url, price=price, max_concurrency=WIDTH
    )
    pipeline = single_expert()
    with tempfile.TemporaryDirectory() as folder, Workspace(Config(home=Path(folder))) as workspace:
        workspace.storage.models.put(entry)
        workspace.refresh_catalogue(look_around=False)

        def batch(first: int, count: int) -> list[Run]:
            queries = [Query(text=f"question {number}") for number in range(first, first + count)]
            return workspace.runs_of(pipeline, queries, RunSettings(model="stub"))

        workspace.run_many(batch(-WIDTH, WIDTH), width=WIDTH)
        runs = batch(0, CALLS)
        with paced() as found:
            engine = workspace.engine if watched else workspace.batch_engine
            finished = workspace.loop.call(run_batch(engine, workspace.storage.runs, runs, width=WIDTH))
        stored = sum(len(workspace.storage.runs.calls(run.id)) for run in finished)
        if stored != CALLS or any(run.status != "done" for run in finished):
            raise SystemExit(f"{stored} of {CALLS} calls are stored")
        return found[0]


def watched(url: str) -> Pace:
    """Does the same with every run on LangGraph, as runs are that somebody watches."""
    return ours(url, watched=True)


def bare(url: str) -> Pace:
    """Runs the same calls through aiohttp alone: no graph, no record, no price."""
    import aiohttp

    async def work() -> Pace:
        body = {"model": "stub", "messages": [{"role": "user", "content": "question"}]}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=WIDTH)) as session:

            async def one(_: int) -> None:
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    await response.read()

            return await pool(one)

    return asyncio.run(work())


def measure(name: str, url: str, pythons: list[str]) -> tuple[Pace | None, str]:
    """Runs one competitor in a fresh process of the first interpreter that can, and returns what it took or why not."""
    reason = ""
    for python in pythons:
        command = [python, "-m", "tests.bench.batch", "--one", name, "--url", url]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode == 0:
            return Pace(**json.loads(done.stdout.strip().splitlines()[-1])), ""
        reason = (done.stderr.strip() or done.stdout.strip() or f"exit {done.returncode}").splitlines()[-1]
    return None, reason


def main() -> None:
    """Prints a row for each competitor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", nargs="+", default=[sys.executable])
    parser.add_argument("--one")
    parser.add_argument("--url")
    options = parser.parse_args()
    if options.one:
        from tests.bench import peer

        own = {"routeloom": ours, "routeloom, LangGraph": watched, "aiohttp pool": bare}
        pace = (own.get(options.one) or peer.PEERS[options.one])(options.url)
        print(json.dumps(pace._asdict()))
        return
    from tests.bench import peer

    print(f"{CALLS} calls of {LATENCY_S * 1000:.0f} ms, {WIDTH} at a time; ideal {IDEAL_S:.2f} s")
    print(f"{'':24}{'wall / ideal':>14}{'CPU s / 1k':>12}")
    with serving() as url:
        for name in ("routeloom", "routeloom, LangGraph", "aiohttp pool", *peer.PEERS):
            row, reason = measure(name, url, options.peers if name in peer.PEERS else [sys.executable])
            if row is None:
                print(f"{name:24} not run: {reason[:90]}")
                continue
            print(f"{name:24}{row.wall_s / IDEAL_S:>14.2f}{row.cpu_s * 1000 / CALLS:>12.2f}", flush=True)


if __name__ == "__main__":
    main()

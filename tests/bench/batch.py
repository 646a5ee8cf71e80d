"""1,000 calls of 200 ms, 64 at a time: wall time against the ideal, ours with every call stored, peers beside.

    python -m tests.bench.batch [--peers PYTHON]

PYTHON is an interpreter that has the peers installed (haystack-ai, dspy, inspect_ai, litellm, langgraph).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable

from tests.bench.stub import LATENCY_S, serving

CALLS, WIDTH = 1_000, 64
IDEAL_S = -(-CALLS // WIDTH) * LATENCY_S


async def pool(one: Callable[[int], Awaitable[object]], calls: int = CALLS, width: int = WIDTH) -> float:
    """Runs `one` for every number through a sliding pool and returns the wall time in seconds."""
    numbers = iter(range(calls))

    async def work() -> None:
        for number in numbers:
            await one(number)

    start_s = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(width)))
    return time.perf_counter() - start_s


def ours(url: str) -> float:
    """Runs a one-expert pipeline through engine, gateway and storage and returns the wall time."""
    from pipelines.catalogue import Catalogue, ModelEntry, Price
    from pipelines.engine import Engine
    from pipelines.gateway.direct import DirectProvider
    from pipelines.gateway.gateway import Gateway
    from pipelines.record import now
    from pipelines.retrieval.hashing import HashingEmbedder
    from pipelines.run import Run
    from pipelines.store import MemoryLibrary
    from pipelines.value import Query
    from storage import open_storage
    from tests.pipelines.drawing import single_expert

    price = Price(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of=now().date())
    entry = ModelEntry(
        name="stub", provider="openai_compatible", target="stub", base_url=url, price=price, max_concurrency=WIDTH
    )
    pipeline = single_expert()

    async def work(folder: str) -> float:
        storage = open_storage(f"sqlite:///{folder}/bench.db")
        gateway = Gateway(Catalogue([entry], default="stub"), {"openai_compatible": DirectProvider()}, storage.runs)
        library = MemoryLibrary()
        engine = Engine(gateway, storage.runs, library=library, documents=library, embedder=HashingEmbedder())

        async def one(number: int) -> None:
            run = await engine.run(Run(pipeline=pipeline, query=Query(text=f"question {number}")))
            if run.status != "done":
                raise SystemExit(f"a run ended as {run.status}: {run.error}")

        wall_s = await pool(one)
        stored = len(storage.runs.runs(limit=2 * CALLS))
        if stored != CALLS:
            raise SystemExit(f"{stored} of {CALLS} runs are stored")
        await gateway.aclose()
        storage.close()
        return wall_s

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(work(folder))


def bare(url: str) -> float:
    """Runs the same calls through aiohttp alone: no graph, no record, no price."""
    import aiohttp

    async def work() -> float:
        body = {"model": "stub", "messages": [{"role": "user", "content": "question"}]}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=WIDTH)) as session:

            async def one(_: int) -> None:
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    await response.read()

            return await pool(one)

    return asyncio.run(work())


def measure(name: str, url: str, python: str) -> dict[str, float]:
    """Runs one competitor in a fresh process and returns wall and CPU seconds."""
    command = [python, "-m", "tests.bench.batch", "--one", name, "--url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Prints a row for each competitor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--one")
    parser.add_argument("--url")
    options = parser.parse_args()
    if options.one:
        from tests.bench import peer

        own = {"routeloom": ours, "aiohttp pool": bare}
        before = resource.getrusage(resource.RUSAGE_SELF)
        wall_s = (own.get(options.one) or peer.PEERS[options.one])(options.url)
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"wall_s": wall_s, "cpu_s": cpu_s}))
        return
    from tests.bench import peer

    print(f"{CALLS} calls of {LATENCY_S * 1000:.0f} ms, {WIDTH} at a time; ideal {IDEAL_S:.2f} s")
    print(f"{'':24}{'wall / ideal':>14}{'CPU s / 1k':>12}")
    with serving() as url:
        for name in ("routeloom", "aiohttp pool", *peer.PEERS):
            python = options.peers if name in peer.PEERS else sys.executable
            try:
                row = measure(name, url, python)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print(f"{name:24} not run: {str(error)[:90]}")
                continue
            print(f"{name:24}{row['wall_s'] / IDEAL_S:>14.2f}{row['cpu_s'] * 1000 / CALLS:>12.2f}", flush=True)


if __name__ == "__main__":
    main()

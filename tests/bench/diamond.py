"""A diamond with unequal branches against its critical path, and what a node costs beside plain asyncio.

python -m tests.bench.diamond
"""

from __future__ import annotations

import asyncio
import statistics
import time
from itertools import pairwise

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import Pipeline
from pipelines.engine import Engine
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.scripted import Line, ScriptedProvider
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.run import Run, RunSettings
from pipelines.store import MemoryLibrary, MemoryStore
from pipelines.value import Query
from tests.pipelines.drawing import draw, node

CRITICAL_PATH_S = 0.6
ROUNDS = 10
CHAIN = 50
FRESH = RunSettings(cache=False)


def diamond() -> Pipeline:
    """Returns question → (0.1 s → 0.5 s, 0.5 s → 0.1 s) → vote: a barrier between the levels would need 1.0 s."""
    behaviours = {"quick": "0.1", "late": "0.5", "slow": "0.5", "short": "0.1"}
    return draw(
        [
            node("q", "query_input"),
            *(node(name, "expert", {"system_prompt": f"{name} {wait}"}) for name, wait in behaviours.items()),
            node("vote", "majority_vote"),
            node("out", "answer_output"),
        ],
        "q.query > quick.query",
        "q.query > slow.query",
        "quick.answer > late.query",
        "slow.answer > short.query",
        "late.answer > vote.answers",
        "short.answer > vote.answers",
        "vote.answer > out.answers",
    )


def chain(length: int) -> Pipeline:
    """Returns experts in a row."""
    names = [f"n{number}" for number in range(length)]
    return draw(
        [
            node("q", "query_input"),
            *(node(name, "expert", {"system_prompt": f"{name} 0"}) for name in names),
            node("out", "answer_output"),
        ],
        f"q.query > {names[0]}.query",
        *(f"{a}.answer > {b}.query" for a, b in pairwise(names)),
        f"{names[-1]}.answer > out.answers",
    )


def engine() -> Engine:
    """Returns an engine whose model waits as long as the system prompt says."""
    provider = ScriptedProvider(
        lambda _, request: Line(text="ok", latency_s=float(request.messages[0].content.split()[1]))
    )
    store, library = MemoryStore(), MemoryLibrary()
    entry = ModelEntry(name="small", provider="scripted", target="small")
    gateway = Gateway(Catalogue([entry], default="small"), {"scripted": provider}, store)
    return Engine(gateway, store, library=library, documents=library, embedder=HashingEmbedder())


async def walls(pipeline: Pipeline, rounds: int) -> list[float]:
    """Returns the wall seconds of each round, after one that is not counted."""
    runner = engine()
    found = []
    for number in range(rounds + 1):
        start_s = time.perf_counter()
        run = await runner.run(Run(pipeline=pipeline, query=Query(text=f"question {number}"), settings=FRESH))
        found.append(time.perf_counter() - start_s)
        if run.status != "done":
            raise SystemExit(f"a run ended as {run.status}: {run.error}")
    return found[1:]


async def plain(length: int, rounds: int) -> float:
    """Returns the CPU seconds of one round of as many plain asyncio tasks in a row."""

    async def step(value: int) -> int:
        await asyncio.sleep(0)
        return value + 1

    start_s = time.process_time()
    for _ in range(rounds):
        value = 0
        for _ in range(length):
            value = await asyncio.create_task(step(value))
    return (time.process_time() - start_s) / rounds


async def measure() -> None:
    """Prints both figures."""
    found = await walls(diamond(), ROUNDS)
    median_s = statistics.median(found)
    print(f"diamond: {median_s:.3f} s, critical path {CRITICAL_PATH_S:.1f} s, ratio {median_s / CRITICAL_PATH_S:.3f}")
    before_s = time.process_time()
    await walls(chain(CHAIN), ROUNDS)
    ours_s = (time.process_time() - before_s) / (ROUNDS + 1) / CHAIN
    plain_s = await plain(CHAIN, 100) / CHAIN
    print(
        f"a node with a call: {ours_s * 1e3:.2f} ms CPU (engine, LangGraph task, gateway, record);"
        f" a plain asyncio task: {plain_s * 1e3:.3f} ms"
    )


if __name__ == "__main__":
    asyncio.run(measure())

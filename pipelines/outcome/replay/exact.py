"""Replays a pipeline with the engine itself, whose models answer from a tape."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from pipelines.chat import Call
from pipelines.document import Pipeline
from pipelines.engine import Engine, PlainFlow
from pipelines.experiment.row import branches_of, seed_of
from pipelines.gateway.gateway import Gateway
from pipelines.outcome.replay.play import Played, slowest
from pipelines.outcome.replay.tape import Tape, TapeProvider
from pipelines.run import Run, RunSettings
from pipelines.service import Embedder
from pipelines.store import DocumentLibrary, MemoryStore, PipelineLibrary, RouterLibrary
from pipelines.value import Query

WIDTH: Final = 32
BLOCK: Final = 1_000
"""So many rows are run before what they left is thrown away."""


class Library(PipelineLibrary, DocumentLibrary, RouterLibrary, Protocol):
    """Finds all that nodes may ask for by name."""


async def play_exactly(
    pipeline: Pipeline, tape: Tape, rows: Sequence[int], *, embedder: Embedder, library: Library, seed: int = 0
) -> list[Played]:
    """Returns what comes of these rows in the engine; rows with the same question share its first answers.

    Raises:
        PipelineInvalid: if the pipeline has errors.
        ConfigurationError: if a model that it asks is not in the table.
    """
    found: list[Played] = []
    for start in range(0, len(rows), BLOCK):
        store = MemoryStore()
        gateway = Gateway(tape.catalogue, {"replay": TapeProvider(tape)}, store)
        engine = Engine(
            gateway, store, library=library, documents=library, embedder=embedder, routers=library, flow=PlainFlow()
        )
        block = rows[start : start + BLOCK]
        runs = await _run_all(engine, [_run(pipeline, tape, row, seed) for row in block])
        calls: dict[str, list[Call]] = {}
        for call in store.calls:
            if call.reply is not None and not tape.rates(call.request):
                calls.setdefault(call.run_id, []).append(call)
        found += [_played(run, calls.get(run.id, ()), tape, row) for run, row in zip(runs, block, strict=True)]
        await gateway.aclose()
    return found


async def _run_all(engine: Engine, runs: Sequence[Run]) -> list[Run]:
    waiting = iter(runs)
    found: dict[str, Run] = {}

    async def work() -> None:
        for run in waiting:
            found[run.id] = await engine.run(run)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(WIDTH, len(runs))):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [found[run.id] for run in runs]


def _run(pipeline: Pipeline, tape: Tape, row: int, seed: int) -> Run:
    # Without the cache, so that a model that is asked twice is paid twice, as in the table.
    settings = RunSettings(seed=seed_of(seed, tape.table.ids[row], 0), cache=False)
    return Run(pipeline=pipeline, query=Query(text=tape.table.queries[row]), settings=settings)


def _played(run: Run, calls: Sequence[Call], tape: Tape, row: int) -> Played:
    order = {spec.id: place for place, spec in enumerate(run.pipeline.nodes)}
    asked: dict[str, list[int]] = {}
    for call in calls:
        asked.setdefault(call.node_id, []).append(tape.column(call.model))
    by_node = sorted(asked, key=lambda node_id: (order.get(node_id.partition("/")[0], len(order)), node_id))
    return Played(
        run.answer,
        tuple(column for node_id in by_node for column in asked[node_id]),
        branches_of(run),
        _latency_s(run, asked, tape, row) if run.answer else 0.0,
        None if run.answer else run.error,
    )


def _latency_s(run: Run, asked: Mapping[str, Sequence[int]], tape: Tape, row: int) -> float:
    """Returns the recorded time on the longest way to the answer."""
    at_s: dict[str, float] = {}
    answered_s = 0.0
    for span in run.spans:
        sources = {source.rpartition(".")[0] for edges in span.inputs.values() for source in edges}
        took_s = slowest(tape, row, asked.get(span.node_id, ()))
        at_s[span.node_id] = max((at_s.get(source, 0.0) for source in sources), default=0.0) + took_s
        if span.fired is not None and span.fired.ports.get("answer") == run.answer:
            answered_s = at_s[span.node_id]
    return answered_s

"""Batches of model calls: wall time against the ideal, ours with every run and call stored, peers beside.

    python -m tests.bench.batch [--jobs calls wide graph] [--peers PYTHON ...]

Each PYTHON is an interpreter that has some of the peers installed (langchain-core, langgraph, haystack-ai, litellm,
dspy, inspect_ai).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.job import JOBS, Job, Pace, asked, paced, pool
from tests.bench.stub import serving

if TYPE_CHECKING:
    from pipelines.document import Pipeline
    from pipelines.run import Run


def drawn(job: Job) -> Pipeline:
    """Returns question → expert → answer, or question → router → two experts → an expert that joins them → answer."""
    from tests.pipelines.drawing import draw, node, single_expert

    if not job.is_graph:
        return single_expert()
    branches = [{"name": "both", "description": "All questions."}, {"name": "other", "description": "What is none."}]
    return draw(
        [
            node("question", "query_input"),
            node("router", "llm_router", {"branches": branches, "default": "both"}),
            *(node(name, "expert", {"prompt_template": f"{name} {{query}}"}) for name in ("left", "right")),
            node("join", "expert", {"prompt_template": "{query}: {one} or {other}"}),
            node("answer", "answer_output"),
        ],
        "question.query > router.query",
        "router.both > left.query",
        "router.both > right.query",
        "question.query > join.query",
        "left.answer > join.one",
        "right.answer > join.other",
        "join.answer > answer.answers",
    )


def ours(url: str, job: Job, *, watched: bool = False) -> Pace:
    """Runs the pipeline through the whole workspace: engine, gateway, every run, span and call stored."""
    from app.batch import run_batch
    from app.config import Config
    from app.workspace import Workspace
    from pipelines.catalogue import ModelEntry, Price
    from pipelines.record import now
    from pipelines.run import RunSettings
    from pipelines.value import Query

    price = Price(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of=now().date())
    entry = ModelEntry(
        name="stub",
        provider="openai_compatible",
        target="stub",
        base_url=url,
        price=price,
        max_concurrency=2 * job.width,
    )
    pipeline = drawn(job)
    with tempfile.TemporaryDirectory() as folder, Workspace(Config(home=Path(folder))) as workspace:
        workspace.storage.models.put(entry)
        workspace.refresh_catalogue(look_around=False)

        def batch(first: int, count: int) -> list[Run]:
            queries = [Query(text=f"question {number}") for number in range(first, first + count)]
            return workspace.runs_of(pipeline, queries, RunSettings(model="stub"))

        workspace.run_many(batch(-job.width, job.width), width=job.width)
        runs = batch(0, job.runs)
        with paced() as found:
            engine = workspace.engine if watched else workspace.batch_engine
            finished = workspace.loop.call(run_batch(engine, workspace.storage.runs, runs, width=job.width))
        stored = sum(len(workspace.storage.runs.calls(run.id)) for run in finished)
        if stored != job.calls or any(run.status != "done" for run in finished):
            raise SystemExit(f"{stored} of {job.calls} calls are stored")
        return found[0]


def watched(url: str, job: Job) -> Pace:
    """Does the same with every run on LangGraph, as runs are that somebody watches."""
    return ours(url, job, watched=True)


def experiment(url: str, job: Job) -> Pace:
    """Does the same as an experiment: every row is scored and stored too."""
    from tests.bench.evaluation import evaluated

    return evaluated(url, job, drawn(job))


def bare(url: str, job: Job) -> Pace:
    """Makes the same calls through aiohttp alone: no graph, no record, no price."""
    from tests.bench.peer import aiohttp_door

    async def work() -> Pace:
        async with aiohttp_door(url, job) as ask:
            return await pool(lambda number: asked(ask, job, number), job)

    return asyncio.run(work())


def measure(name: str, job: str, url: str, pythons: list[str]) -> tuple[Pace | None, str]:
    """Runs one competitor in a fresh process of the first interpreter that can, and returns what it took or why not."""
    reason = ""
    for python in pythons:
        command = [python, "-m", "tests.bench.batch", "--one", name, "--jobs", job, "--url", url]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode == 0:
            return Pace(**json.loads(done.stdout.strip().splitlines()[-1])), ""
        reason = (done.stderr.strip() or done.stdout.strip() or f"exit {done.returncode}").splitlines()[-1]
    return None, reason


def main() -> None:
    """Prints a table for each job with a row for each competitor."""
    from tests.bench import peer

    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", nargs="+", choices=list(JOBS), default=list(JOBS))
    parser.add_argument("--peers", nargs="+", default=[sys.executable])
    parser.add_argument("--one")
    parser.add_argument("--url")
    options = parser.parse_args()
    own = {
        "routeloom": ours,
        "routeloom, LangGraph": watched,
        "routeloom experiment": experiment,
        "aiohttp pool": bare,
    }
    if options.one:
        pace = (own.get(options.one) or peer.PEERS[options.one])(options.url, JOBS[options.jobs[0]])
        print(json.dumps(pace._asdict()))
        return
    with serving() as url:
        for name in options.jobs:
            job = JOBS[name]
            print(f"\n{job}; ideal {job.ideal_s:.2f} s")
            print(f"{'':24}{'wall / ideal':>14}{'CPU s / 1k calls':>18}")
            for rival in (*own, *peer.PEERS):
                row, reason = measure(rival, name, url, [sys.executable] if rival in own else options.peers)
                if row is None:
                    print(f"{rival:24} not run: {reason[:90]}")
                    continue
                print(f"{rival:24}{row.wall_s / job.ideal_s:>14.2f}{row.cpu_s * 1000 / job.calls:>18.2f}", flush=True)


if __name__ == "__main__":
    main()

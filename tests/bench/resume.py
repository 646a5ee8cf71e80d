"""480 calls whose process is killed four times: rows that were lost, and answers that were bought twice for nothing.

    python -m tests.bench.resume [--seeds 1 2 3] [--peers PYTHON ...]

A call is avoidable if it is made again although its answer was there (ours: stored; peers: sent by the server) when the
process was killed. What was in flight then is paid twice by anybody. Each PYTHON has some of the peers installed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import tempfile
from pathlib import Path

from aiohttp import web

from app.loop import LoopThread
from tests.app.experiment.killing import ROOT, Toll, killed
from tests.app.experiment.scene import echoes, experiment, opened, store_facts, two_steps, until
from tests.pipelines.gateway.stub import Stub, serving

ROWS, WIDTH, KILLS = 240, 16, 4
PEERS = ("langgraph", "inspect")
LONGEST_S = 300.0


def measure(seed: int) -> Toll:
    """Runs the experiment against a server in this process and returns what the kills have cost."""
    loop, context = LoopThread(), serving()
    server = loop.call(context.__aenter__())
    try:
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            with opened(home, server.base_url) as workspace:
                store_facts(workspace, ROWS)
                workspace.experiments.create(experiment(two_steps(), concurrency=WIDTH))
            return killed(home, server, seed=seed, kills=KILLS)
    finally:
        loop.call(context.__aexit__(None, None, None))
        loop.close()


def measure_peer(name: str, python: str, seed: int) -> Toll:
    """Kills a peer the same way; how many of its rows are lost is not asked."""
    loop, context = LoopThread(), serving()
    server = loop.call(context.__aenter__())
    answered: list[str] = []

    async def pays(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.03)
        response = await echoes(request)
        answered.append(json.dumps((await request.json())["messages"]))
        return response

    server.will(pays)
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [python, "-m", "tests.bench.resume_peer", name, folder, server.base_url, str(ROWS), str(WIDTH)]
            return _peer_toll(command, server, answered, seed)
    finally:
        loop.call(context.__aexit__(None, None, None))
        loop.close()


def _peer_toll(command: list[str], server: Stub, answered: list[str], seed: int) -> Toll:
    draw = random.Random(seed)
    known_at: list[tuple[int, set[str]]] = []
    for _ in range(KILLS):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = server.calls + draw.randrange(40, 100)
        until(lambda wanted=wanted, one=process: server.calls >= wanted or one.poll() is not None, LONGEST_S)  # type: ignore[misc]
        known = set(answered)
        process.kill()
        process.wait()
        until(lambda: server.active == 0)
        known_at.append((server.calls, known))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_S)
    asked = [json.dumps(body["messages"]) for body in server.bodies]
    if done.returncode or len(set(asked)) < 2 * ROWS:
        raise SystemExit(f"it did not come to its end: {(done.stderr.strip() or 'no reason').splitlines()[-1]}")
    avoidable = sum(question in known for calls, known in known_at for question in asked[calls:])
    return Toll(avoidable, -1, len(asked) - len(set(asked)))


def _peer_row(name: str, pythons: list[str], seed: int) -> str:
    reasons = []
    for python in pythons:
        try:
            toll = measure_peer(name, python, seed)
        except (SystemExit, AssertionError, OSError) as error:
            reasons.append(str(error))
            continue
        return f"{name:>12}{seed:>6}{toll.avoidable:>12}{'':>12}{toll.in_flight:>12}"
    return f"{name:>12}{seed:>6} not run: {'; '.join(reasons)[:180]}"


def main() -> None:
    """Prints a row for each seed and competitor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--peers", nargs="*", default=[])
    options = parser.parse_args()
    print(f"{2 * ROWS} calls, {WIDTH} rows at a time, killed {KILLS} times")
    print(f"{'':>12}{'seed':>6}{'avoidable':>12}{'rows lost':>12}{'paid twice':>12}")
    for seed in options.seeds:
        toll = measure(seed)
        print(f"{'routeloom':>12}{seed:>6}{toll.avoidable:>12}{toll.lost:>12}{toll.in_flight:>12}", flush=True)
        for name in PEERS if options.peers else ():
            print(_peer_row(name, options.peers, seed), flush=True)


if __name__ == "__main__":
    main()

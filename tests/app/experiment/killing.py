"""Runs an experiment in a process of its own, kills it, and looks at what is stored."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from tests.app.experiment.scene import echoes, until
from tests.pipelines.gateway.stub import Stub

ROOT = Path(__file__).parents[3]


async def slowly(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(0.03)
    return await echoes(request)


def start_process(home: Path, server: Stub) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.app.experiment.running_process", str(home), server.base_url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Toll(NamedTuple):
    """Is what kills have cost: questions asked again although their answer was stored, and ended rows that vanished."""

    avoidable: int
    lost: int
    in_flight: int


def killed(home: Path, server: Stub, *, seed: int, kills: int = 4) -> Toll:
    """Kills the process that runs an experiment again and again, lets it end at last, and returns the toll."""
    server.will(slowly)
    draw = random.Random(seed)
    ended: set[int] = set()
    lost = 0
    known_at: list[tuple[int, set[str]]] = []
    for _ in range(kills):
        kill_after(start_process(home, server), server, draw.randrange(40, 100))
        known_at.append((server.calls, answered_in(home)))
        ended_now = ended_in(home)
        lost += len(ended - ended_now)
        ended = ended_now
    output, errors = start_process(home, server).communicate(timeout=120)
    assert (output, errors) == ("done\n", "")
    asked = [body["messages"][-1]["content"] for body in server.bodies]
    avoidable = sum(question in known for calls, known in known_at for question in asked[calls:])
    return Toll(avoidable, lost, len(asked) - len(set(asked)))


def kill_after(process: subprocess.Popen[str], server: Stub, calls: int) -> None:
    """Kills the process once the server has been asked so often, and waits until the server is idle."""
    wanted = server.calls + calls
    until(lambda: server.calls >= wanted or process.poll() is not None, 60)
    process.kill()
    output, errors = process.communicate()
    assert (output, errors) == ("", "")
    until(lambda: server.active == 0)


def answered_in(home: Path) -> set[str]:
    """Returns the questions whose answer is stored."""
    question = "json_extract(record, '$.request.messages[#-1].content')"
    with closing(sqlite3.connect(home / "routeloom.db")) as connection:
        return {found for (found,) in connection.execute(f"SELECT {question} FROM call WHERE answered")}


def ended_in(home: Path) -> set[int]:
    """Returns the examples whose rows have ended."""
    with closing(sqlite3.connect(home / "routeloom.db")) as connection:
        return {found for (found,) in connection.execute("SELECT example FROM experiment_row WHERE status = 'done'")}

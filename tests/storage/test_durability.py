"""Acknowledged rows survive `kill -9`, and several processes write at once without a "database is locked"."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from storage import open_storage
from tests.storage.changed import pipeline

ROOT = Path(__file__).parents[2]
ENDLESS = 1_000_000


def start_writer(url: str, name: str, calls: int, versions: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.storage.writing_process", url, name, str(calls), str(versions)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ids_in(lines: str) -> list[str]:
    # A line that the kill cut short was not acknowledged as a whole.
    return [line for line in lines.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_acknowledged_call_is_lost_by_kill_9(url: str, seed: int) -> None:
    draw = random.Random(seed)
    writers = {name: start_writer(url, name, ENDLESS) for name in ("a", "b")}
    told: dict[str, list[str]] = {}
    for name, writer in writers.items():
        assert writer.stdout is not None
        told[name] = [writer.stdout.readline() for _ in range(draw.randrange(1, 300))]
        writer.kill()
    for name, writer in writers.items():
        # Not communicate(): it would skip what readline has buffered and begin in the middle of a line.
        with writer:
            assert writer.stdout is not None
            assert writer.stderr is not None
            told[name] += ids_in(writer.stdout.read())
            assert writer.stderr.read() == ""
    with open_storage(url) as opened:
        for name, lines in told.items():
            stored = [record.id for record in opened.runs.calls(name)]
            assert {line.strip() for line in lines} <= set(stored)
            assert len(stored) == len(set(stored))
        assert {info.id for info in opened.runs.unfinished()} == {"a", "b"}


def test_processes_that_write_at_once_never_find_the_database_locked(url: str) -> None:
    with open_storage(url) as opened:
        opened.workflows.create(pipeline(), slug="shared")
    writers = {name: start_writer(url, name, 300, 25) for name in ("a", "b")}
    results = {name: writer.communicate() for name, writer in writers.items()}
    assert {name: errors for name, (_, errors) in results.items()} == {"a": "", "b": ""}
    with open_storage(url) as opened:
        assert {name: len(opened.runs.calls(name)) for name in writers} == {"a": 300, "b": 300}
        numbers = [version.number for version in opened.workflows.versions("shared")]
        assert numbers == list(range(51, 0, -1))


def test_processes_that_open_a_new_database_at_once_all_succeed(url: str) -> None:
    writers = {name: start_writer(url, name, 1) for name in ("a", "b", "c")}
    assert [writer.communicate() for writer in writers.values()] == [("a-0\n", ""), ("b-0\n", ""), ("c-0\n", "")]

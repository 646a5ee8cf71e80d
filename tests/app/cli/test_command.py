"""What holds for every command: quick to start, one JSON object, nothing that steers a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from app.cli.trace import money
from tests.app.cli.drawing import chain, single, write
from tests.app.cli.program import COMMAND, TIMEOUT_S, Program
from tests.pipelines.gateway.stub import Stub, chunk, says, streams

SLOW = ("litellm", "streamlit", "plotly", "langgraph", "xllamacpp", "onnxruntime", "networkx")
LIST_SLOW_MODULES = f"""
import sys
from typer.testing import CliRunner
from app.cli import app
done = CliRunner().invoke(app, sys.argv[1:])
assert done.exit_code == 0, done.output
print([name for name in {SLOW} if name in sys.modules])
"""


@pytest.mark.parametrize("command", ["--help", "list", "runs"])
def test_a_quick_command_loads_no_slow_library(program: Program, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIST_SLOW_MODULES, command],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env={**os.environ, "ROUTELOOM_HOME": str(program.home), "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("args", [(), ("--help",), ("models", "--help"), ("run", "--help"), ("runs", "--help")])
def test_help_is_no_failure(program: Program, args: tuple[str, ...]) -> None:
    outcome = program(*args)
    assert outcome.code == 0
    assert "Usage: " in outcome.stdout


def test_the_version_is_told(program: Program) -> None:
    assert program("--version").stdout == "routeloom 0.1.0\n"


def test_a_database_that_cannot_be_opened_is_one_sentence(program: Program) -> None:
    (program.home / "routeloom.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    outcome = program.process("list", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (1, "StorageError")
    assert "Traceback" not in outcome.stderr


def test_a_closed_pipe_ends_the_command_quietly(program: Program) -> None:
    process = program.start("list", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.wait(TIMEOUT_S)
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def test_a_terminal_shows_the_run_while_it_happens(asking: Program, stub: Stub) -> None:
    seen = threading.Event()

    async def goes_on_once_it_is_seen(_: web.Request) -> web.StreamResponse:
        await asyncio.to_thread(seen.wait, TIMEOUT_S)
        return web.Response()

    def look(shown: str) -> None:
        if "running" in shown and "Half an ans" in shown:
            seen.set()

    stub.will(streams(chunk("Half an ans"), then=goes_on_once_it_is_seen), says("second"))
    shown = on_terminal(asking, "run", write(asking.home / "p.json", chain()), "--query", "A?", look=look)
    assert seen.is_set()
    assert "second\r\n" in shown
    assert "2 calls" in shown


def test_an_answer_cannot_steer_the_terminal(asking: Program, stub: Stub) -> None:
    stub.will(says("fine \x1b]0;owned\x07 [red]text[/red]"))
    shown = on_terminal(asking, "run", write(asking.home / "p.json", single()), "--query", "A?")
    assert "]0;owned" in shown
    assert "\x1b]0;owned" not in shown
    assert "[red]text[/red]" in shown


@pytest.mark.parametrize(
    ("usd", "shown"),
    [(0.0, "0"), (3.6e-7, "0.00000036"), (0.0123, "0.012"), (0.5, "0.50"), (1.0, "1.00"), (12.345, "12.35")],
)
def test_an_amount_has_at_least_two_digits(usd: float, shown: str) -> None:
    assert money(usd) == shown


def on_terminal(program: Program, *args: str, look: Callable[[str], object] = len) -> str:
    """Runs the command on a terminal of its own and returns all that it wrote there; `look` sees it grow."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "ROUTELOOM_HOME": str(program.home), "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        [*COMMAND, *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65_536):
            shown += piece
            look(shown.decode(errors="ignore"))
    except OSError:
        # Linux answers the end of a terminal with an error.
        pass
    os.close(ours)
    assert process.wait(TIMEOUT_S) == 0, shown
    return shown.decode()

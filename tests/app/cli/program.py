"""Runs the command in a home of its own: inside the test, or as a process where that matters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from app.cli import app

TIMEOUT_S = 120
COMMAND = [sys.executable, "-c", "from app.cli import main; main()"]


def _heed_interrupts() -> None:
    """Undoes what a shell does to jobs in the background, which would pass on to the program: they ignore Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Outcome:
    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output; anything else there fails."""
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Program:
    home: Path

    def __call__(self, *args: str, stdin: str = "", **environment: str) -> Outcome:
        done = CliRunner().invoke(app, list(args), input=stdin, env=self._changes(environment), catch_exceptions=False)
        return Outcome(done.exit_code, done.stdout, done.stderr)

    def process(self, *args: str, stdin: str = "", **environment: str) -> Outcome:
        process = self.start(*args, **environment)
        stdout, stderr = process.communicate(stdin, timeout=TIMEOUT_S)
        return Outcome(process.returncode, stdout, stderr)

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        wanted = {**os.environ, **self._changes(environment), "PYTHONPATH": str(Path(__file__).parents[3])}
        return subprocess.Popen(
            [*COMMAND, *args],
            preexec_fn=_heed_interrupts,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={name: value for name, value in wanted.items() if value is not None},
            cwd=self.home,
        )

    def _changes(self, more: dict[str, str]) -> dict[str, str | None]:
        """What differs from the environment of whoever runs the tests: none of their settings and keys count."""
        theirs = {name for name in os.environ if name.startswith("ROUTELOOM_") or name.endswith("_API_KEY")}
        return {**dict.fromkeys(theirs), "ROUTELOOM_HOME": str(self.home), "COLUMNS": "200", **more}

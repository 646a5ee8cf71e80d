"""What the tests of `routeloom eval` ask: questions of which the server answers every second one right."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from aiohttp import web

from tests.app.cli.drawing import single, write
from tests.app.cli.program import Program
from tests.pipelines.gateway.stub import says

CALL_USD = 5 * 1e-6 + 2 * 2e-6
"""What one call costs: 5 tokens in at 1 USD and 2 out at 2 USD per million."""


async def knows_even(request: web.Request) -> web.StreamResponse:
    """Answers `yes` to questions with an even number, and `no` to the others."""
    asked = json.loads(await request.text())["messages"][-1]["content"]
    return await says("yes" if int(asked.split()[-1]) % 2 == 0 else "no")(request)


def questions(home: Path, count: int, name: str = "questions.csv") -> str:
    """Writes a table whose every answer is `yes`, and returns its path."""
    path = home / name
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["question", "answer", "tags"])
        writer.writerows([f"Question {number}", "yes", ("easy", "hard")[number % 2]] for number in range(count))
    return str(path)


def pipeline(program: Program, name: str = "one", prompt: str = "{query}") -> str:
    """Writes a pipeline of one expert and returns its path."""
    drawn = single(name=name)
    drawn["nodes"][1]["config"]["prompt_template"] = prompt
    return write(program.home / f"{name}.json", drawn)

"""Code that passes, code that fails, and code that tries to get out."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from pipelines.error import ConfigurationError
from pipelines.sandbox import SWITCH, Outcome, is_switched_on, run_code_now
from pipelines.scorers.python_tests import PythonTests, program
from tests.pipelines.scorers.bench import example, score_of, value_of

HUMAN_EVAL = Path(__file__).parents[4] / "shared" / "data" / "questions" / "humaneval" / "HumanEval.jsonl.gz"
ADD = "def add(a, b):\n    return a + b\n"
CHECK = "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(-1, 1) == 0\n"


def _locks() -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SWITCH, "1")
        try:
            return run_code_now("", 5.0).passed
        except ConfigurationError:
            return False


needs_lock = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not _locks(), reason="this kernel has no Landlock or no seccomp"
)


@pytest.fixture
def _switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "1")


async def test_nothing_runs_unless_it_is_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    with pytest.raises(ConfigurationError, match="set ROUTELOOM_SANDBOX=1 to allow it"):
        await value_of(PythonTests(), example(tests="assert True"), "x = 1")
    assert is_switched_on({SWITCH: "0"}) is False


@needs_lock
@pytest.mark.usefixtures("_switched_on")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        (ADD, 1),
        (f"Here is the function:\n```python\n{ADD}```\nIt adds.", 1),
        ("    return a + b", 1),
        ("```python\n    return a + b\n```", 1),
        ("def add(a, b):\n    return a - b", 0),
        ("", 0),
        ("def add(a, b", 0),
    ],
)
async def test_an_answer_is_right_when_its_tests_pass(text: str, value: int) -> None:
    row = example(tests=CHECK, entry_point="add", query='def add(a, b):\n    """Adds."""')
    assert await value_of(PythonTests(), row, text) == value


@needs_lock
@pytest.mark.usefixtures("_switched_on")
async def test_the_reason_is_the_error_of_the_code() -> None:
    score = await score_of(PythonTests(), example(tests=["assert add(1, 2) == 4, 'one and two'"]), ADD)
    assert score.reason == "AssertionError: one and two (line 5)"


@needs_lock
@pytest.mark.usefixtures("_switched_on")
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os\nwhile True:\n    os.fork()", "PermissionError"),
        ("import subprocess\nsubprocess.run(['true'])", "PermissionError"),
        ("import socket\nsocket.socket()", "PermissionError"),
        ("import os\nos.kill(os.getppid(), 9)", "PermissionError"),
        ("open('here.txt', 'w')", "PermissionError"),
        ("import os\nos.unlink('here.txt')", "Error"),
        ("import os\nos.chmod('/tmp', 0o777)", "PermissionError"),
        ("open('/etc/passwd')", "PermissionError"),
        ("open('/proc/self/environ')", "PermissionError"),
        ("import os\nos.listdir('/')", "PermissionError"),
        ("import ctypes\nassert ctypes.CDLL(None).fork() != -1", "AssertionError"),
        ("x = 'a' * 10**10", "MemoryError"),
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "ended early"),
        ("import os\nfor stream in range(3, 9):\n    os.write(stream, b'x' * 99_999)", "ended early|Error"),
        ("import numpy", "ModuleNotFoundError"),
    ],
)
def test_code_cannot_get_out(code: str, reason: str) -> None:
    outcome = run_code_now(code, 5.0)
    assert outcome.passed is False
    assert any(part in outcome.reason for part in reason.split("|")), outcome.reason


@needs_lock
@pytest.mark.usefixtures("_switched_on")
@pytest.mark.parametrize("code", ["while True: pass", "import time\ntime.sleep(60)"])
def test_code_that_takes_too_long_is_stopped(code: str) -> None:
    assert run_code_now(code, 1.0) == Outcome(passed=False, reason="stopped: the time was up")


@needs_lock
@pytest.mark.usefixtures("_switched_on")
def test_the_environment_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "canary-51")
    assert run_code_now("import os\nassert 'SOME_API_KEY' not in os.environ", 5.0).passed
    assert run_code_now("import os\nassert 'PYTHONHASHSEED' not in os.environ", 5.0).passed is False


@needs_lock
@pytest.mark.usefixtures("_switched_on")
def test_the_standard_library_works() -> None:
    names = "collections, dataclasses, datetime, decimal, functools, heapq, itertools, json, math, re, string, typing"
    assert run_code_now(f"import {names}\nassert math.comb(5, 2) == 10", 5.0).passed


@needs_lock
@pytest.mark.usefixtures("_switched_on")
@pytest.mark.skipif(not HUMAN_EVAL.exists(), reason="HumanEval is not beside the repository")
async def test_the_solutions_of_human_eval_pass_and_empty_ones_do_not() -> None:
    rows = [json.loads(line) for line in gzip.decompress(HUMAN_EVAL.read_bytes()).splitlines()[:12]]
    for row in rows:
        asked = example(tests=row["test"], entry_point=row["entry_point"], query=row["prompt"])
        assert await value_of(PythonTests(), asked, row["canonical_solution"]) == 1.0, row["task_id"]
        assert await value_of(PythonTests(), asked, "    return None\n") == 0.0, row["task_id"]


def test_an_entry_point_that_is_no_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="is no name of a function"):
        program(example(tests="pass", entry_point="f(); import os"), "x")

"""Runs Python that a model wrote in a process that is locked in by the kernel; off unless it is switched on.

What is enforced (Linux on x86_64 and aarch64; anywhere else nothing is run): no network, no other processes, no
signals, no writing; reading only of the standard library; an empty environment; limits on memory, CPU and wall time.
Threads and asyncio do not work in it for that reason.
What is not: the code shares the kernel, and code that sets out to fool its own tests can do so.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from pipelines.error import ConfigurationError
from pipelines.record import Record

SWITCH: Final = "ROUTELOOM_SANDBOX"
MAX_CODE_CHARACTERS: Final = 200_000
MEMORY_BYTES: Final = 512 * 1024 * 1024
_MOST_OUTPUT = 10_000
_WALL_PER_CPU = 3.0
_OUT_OF_CPU = 24


class Outcome(Record):
    """Says how the code ended: `passed` when it ran to its end, else `reason` is the error in one line."""

    passed: bool
    reason: str = ""


def is_switched_on(environment: Mapping[str, str] | None = None) -> bool:
    """Says whether the person allowed code of models to be run, by `ROUTELOOM_SANDBOX=1`."""
    return (os.environ if environment is None else environment).get(SWITCH) == "1"


async def run_code(code: str, limit_s: float) -> Outcome:
    """Returns how the code ended, without holding up the event loop; as many run at a time as there are processors.

    Raises:
        ConfigurationError: if the sandbox is not switched on, or this machine cannot lock a process in.
    """
    return await asyncio.get_running_loop().run_in_executor(_pool(), run_code_now, code, limit_s)


def run_code_now(code: str, limit_s: float) -> Outcome:
    """Returns how the code ended.

    Args:
        code: a whole module; standard library only.
        limit_s: processor time; three times as much may pass on the clock.

    Raises:
        ConfigurationError: if the sandbox is not switched on, or this machine cannot lock a process in.
    """
    if not is_switched_on():
        raise ConfigurationError(
            f"Code that a model wrote is run only when the sandbox is switched on; set {SWITCH}=1 to allow it."
        )
    if not sys.platform.startswith("linux"):
        raise ConfigurationError(f"The sandbox needs Linux (Landlock and seccomp); this is {sys.platform}.")
    if len(code) > MAX_CODE_CHARACTERS:
        return Outcome(passed=False, reason=f"the code is longer than {MAX_CODE_CHARACTERS:,} characters")
    token = secrets.token_hex(16)
    plain = code.encode("utf-8", "replace").decode()
    task = {"code": plain, "token": token, "cpu_s": limit_s, "memory_bytes": MEMORY_BYTES}
    with tempfile.TemporaryDirectory() as folder:
        status, said, late = _started(orjson.dumps(task), Path(folder), limit_s * _WALL_PER_CPU)
    return _outcome(status, said, token, late=late)


def _started(task: bytes, folder: Path, wall_s: float) -> tuple[int, bytes, bool]:
    """Returns exit status, output and whether the time was up."""
    command = [sys.executable, "-P", "-s", "-S", "-B", str(Path(__file__).with_name("sandbox_cell.py"))]
    environment = {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "HOME": str(folder), "PATH": ""}
    process = subprocess.Popen(  # noqa: S603  our own script, no shell; the code goes in by its standard input
        command, cwd=folder, env=environment, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(wall_s, give_up)
    timer.start()
    try:
        with process:
            if process.stdin is None or process.stdout is None:
                raise AssertionError("both pipes were asked for")
            process.stdin.write(task)
            process.stdin.close()
            said = process.stdout.read(_MOST_OUTPUT)
            process.kill()
    except BrokenPipeError:
        said = b""
    finally:
        timer.cancel()
        timer.join()
    return process.returncode, said, is_late.is_set()


def _outcome(status: int, said: bytes, token: str, *, late: bool) -> Outcome:
    try:
        found: Any = orjson.loads(said)
    except orjson.JSONDecodeError:
        found = {}
    told = found if isinstance(found, dict) else {}
    if "unlocked" in told:
        raise ConfigurationError(f"This machine cannot lock a process in, so nothing was run: {told['unlocked']}.")
    if told.get("token") == token:
        return Outcome(passed=True, reason="ran to its end")
    if late:
        return Outcome(passed=False, reason="stopped: the time was up")
    if isinstance(told.get("error"), str):
        return Outcome(passed=False, reason=told["error"])
    if status == -_OUT_OF_CPU:
        return Outcome(passed=False, reason="stopped: the time was up")
    return Outcome(passed=False, reason="ended early, by a limit on memory or on its own")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=max(1, os.cpu_count() or 1), thread_name_prefix="sandbox")

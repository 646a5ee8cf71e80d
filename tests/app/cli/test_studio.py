"""`routeloom studio`."""

from __future__ import annotations

import signal
import socket
import time
import urllib.error
import urllib.request

from tests.app.cli.program import TIMEOUT_S, Program
from tests.app.free_port import free_port

POLL_S = 0.1


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.URLError:
        return False


def test_the_studio_answers_until_control_c(program: Program) -> None:
    port = free_port()
    process = program.start("studio", "--port", str(port), "--no-browser")
    end_s = time.monotonic() + TIMEOUT_S
    while not answers(f"http://127.0.0.1:{port}/healthz"):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end_s, "the studio never answered"
        time.sleep(POLL_S)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, stderr
    assert stderr.endswith("The studio is closed.\n")


def test_a_port_that_is_taken_is_bad_input(program: Program) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        outcome = program("studio", "--port", str(port), "--no-browser")
    assert outcome.code == 2
    assert f"Port {port} is taken" in outcome.stderr


def test_an_address_that_is_none_is_bad_input(program: Program) -> None:
    outcome = program("studio", "--host", "300.1.1.1", "--no-browser")
    assert outcome.code == 2
    assert "cannot listen at 300.1.1.1" in outcome.stderr

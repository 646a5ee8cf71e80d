"""Whatever server, machine or person do to `routeloom eval`: rows stay, money is paid once, one sentence tells it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.app.cli.eval_scene import CALL_USD, knows_even, pipeline, questions
from tests.app.cli.program import TIMEOUT_S, Program
from tests.app.experiment.killing import answered_in, ended_in
from tests.app.experiment.scene import until
from tests.pipelines.gateway.stub import Behaviour, Stub, drops, fails, hangs, promises_more_than_it_sends, says, sends

ASK = ("eval", "--pipeline", "one.json", "--data", "questions.csv", "--scorer", "exact_match", "--json")
ROWS = 20


@pytest.fixture
def ready(asking: Program, stub: Stub) -> Program:
    stub.will(knows_even)
    pipeline(asking)
    questions(asking.home, ROWS)
    return asking


async def slowly(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(0.05)
    return await knows_even(request)


def but_for_question_4(fault: Behaviour) -> Behaviour:
    async def behave(request: web.Request) -> web.StreamResponse:
        asked = json.loads(await request.text())["messages"][-1]["content"]
        return await (fault if asked == "Question 4" else knows_even)(request)

    return behave


def ended(process: subprocess.Popen[str]) -> tuple[int, Any, str]:
    """Waits for the end of a process and returns its exit code, its JSON object and what it told."""
    stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert "Traceback" not in stderr
    return process.returncode, json.loads(stdout), stderr


def test_a_server_that_takes_four_at_a_time_answers_every_row(ready: Program, stub: Stub) -> None:
    refused = 0

    async def crowded(request: web.Request) -> web.StreamResponse:
        nonlocal refused
        if stub.active > 4:
            refused += 1
            return await fails(429, "slow down", Retry_After="1")(request)
        return await slowly(request)

    stub.will(crowded)
    questions(ready.home, 60)
    outcome = ready(*ASK, "--concurrency", "16")
    assert (outcome.code, outcome.json["done"], outcome.json["failed"]) == (0, 60, 0)
    assert 0 < refused == stub.calls - 60
    assert outcome.json["paid_usd"] == pytest.approx(60 * CALL_USD)


FAULTS: dict[str, Behaviour] = {
    "overloaded": fails(503),
    "rejected": fails(422),
    "garbage": sends(b"<html>Bad gateway</html>", kind="text/html"),
    "dropped": drops,
    "cut": promises_more_than_it_sends,
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_of_one_question_costs_its_row_and_no_other(ready: Program, stub: Stub, fault: str) -> None:
    stub.will(but_for_question_4(FAULTS[fault]))
    outcome = ready(*ASK)
    answer = outcome.json
    assert (outcome.code, answer["status"], answer["done"], answer["failed"]) == (0, "done", ROWS - 1, 1)
    [found] = answer["pipelines"]
    assert (found["n"], found["errors"], found["accuracy"]) == (ROWS, 1, pytest.approx(9 / ROWS))
    assert answer["failures"][0]["error"].startswith("Expert: The model 'stub' at 127.0.0.1:")
    assert f"routeloom experiments retry {answer['experiment']}" in outcome.stderr


def test_answers_that_are_garbage_are_paid_and_reported(ready: Program, stub: Stub) -> None:
    stub.will(but_for_question_4(says("x", choices=[])))
    answer = ready(*ASK).json
    assert (answer["failed"], stub.calls) == (1, ROWS + 2)
    assert answer["paid_usd"] == pytest.approx(stub.calls * CALL_USD)
    assert answer["pipelines"][0]["cost_usd"] == answer["paid_usd"]


def test_a_model_that_hangs_costs_its_row(ready: Program, stub: Stub) -> None:
    stub.will(but_for_question_4(hangs))
    (ready.home / "e.yaml").write_text("pipelines: one.json\ndata: questions.csv\nrow_timeout_s: 0.5\n")
    answer = ready("eval", "e.yaml", "--json").json
    assert (answer["status"], answer["done"], answer["failed"]) == ("done", ROWS - 1, 1)


def test_a_refused_key_is_one_sentence_and_exit_code_1(ready: Program, stub: Stub) -> None:
    stub.will(fails(401, "bad key"))
    outcome = ready(*ASK, "--concurrency", "2", "--html", "out.html", "--junit", "out.xml", "--fail-if", "accuracy < 1")
    answer = outcome.json
    assert (outcome.code, answer["status"], answer["failed"], answer["waiting"]) == (1, "failed", 0, ROWS)
    assert stub.calls <= 2
    assert outcome.stderr.count("bad key") == 1
    assert "put the key right and resume it" in answer["error"]
    assert (ready.home / "out.html").exists()
    stub.will(knows_even)
    resumed = ready("eval", "--resume", answer["experiment"], "--json")
    assert (resumed.code, resumed.json["done"]) == (0, ROWS)


def test_a_server_that_is_away_fails_every_row_and_the_check(ready: Program, stub: Stub) -> None:
    stub.will(drops)
    outcome = ready(*ASK, "--sample", "3")
    assert (outcome.code, outcome.json["failed"], outcome.json["pipelines"][0]["accuracy"]) == (1, 3, 0.0)


def test_a_budget_stops_before_the_call_that_would_exceed_it(ready: Program, stub: Stub) -> None:
    drawn = json.loads((ready.home / "one.json").read_text())
    drawn["nodes"][1]["config"]["sampling"] = {"max_tokens": 2}
    (ready.home / "one.json").write_text(json.dumps(drawn))
    budget_usd = 10 * CALL_USD
    outcome = ready(*ASK, "--budget-usd", f"{budget_usd:.9f}", "--concurrency", "8")
    answer = outcome.json
    assert outcome.code == 1, outcome.stderr
    assert answer.get("status") == "budget", answer
    assert 0 < answer["paid_usd"] <= budget_usd
    assert stub.calls == answer["done"] < ROWS
    assert answer["waiting"] == ROWS - answer["done"]
    assert f"routeloom eval --resume {answer['experiment']} --budget-usd MORE" in outcome.stderr
    raised = ready("eval", "--resume", answer["experiment"], "--budget-usd", "1", "--json")
    assert (raised.code, raised.json["status"], raised.json["done"], stub.calls) == (0, "done", ROWS, ROWS)
    assert raised.json["paid_usd"] == pytest.approx(ROWS * CALL_USD)


def test_kills_cost_no_row_and_nothing_twice(ready: Program, stub: Stub) -> None:
    stub.will(slowly)
    questions(ready.home, 100)
    known_at: list[tuple[int, set[str]]] = []
    rows: set[int] = set()
    for number in range(4):
        args = (*ASK, "--concurrency", "8") if number == 0 else ("eval", "--resume", "latest", "--json")
        kill_after(ready.start(*args), stub, 15)
        known_at.append((stub.calls, answered_in(ready.home)))
        assert rows <= ended_in(ready.home)
        rows = ended_in(ready.home)
    outcome = ready("eval", "--resume", "latest", "--json")
    asked = [body["messages"][-1]["content"] for body in stub.bodies]
    assert len(known_at[-1][1]) > 20
    assert [question for calls, known in known_at for question in asked[calls:] if question in known] == []
    assert (outcome.code, outcome.json["done"]) == (0, 100)
    undisturbed = ready(*ASK, "--no-cache").json
    same = ("n", "rows", "accuracy", "accuracy_ci", "calls", "input_tokens", "list_cost_usd", "cost_usd")
    [there], [here] = undisturbed["pipelines"], outcome.json["pipelines"]
    assert {name: here[name] for name in same} == {name: there[name] for name in same}


def kill_after(process: subprocess.Popen[str], stub: Stub, calls: int) -> None:
    """Kills the process once the server has been asked so often, and waits until the server is idle."""
    wanted = stub.calls + calls
    until(lambda: stub.calls >= wanted, TIMEOUT_S)
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    until(lambda: stub.active == 0)


def test_of_two_processes_one_runs_it(ready: Program, stub: Stub) -> None:
    gate = threading.Event()

    async def waits(request: web.Request) -> web.StreamResponse:
        await asyncio.to_thread(gate.wait, TIMEOUT_S)
        return await knows_even(request)

    stub.will(waits)
    process = ready.start(*ASK, "--concurrency", "2")
    until(lambda: stub.calls >= 2, TIMEOUT_S)
    second = ready.process("eval", "--resume", "latest", "--json")
    assert second.code == 1
    assert second.json["error"]["kind"] == "StaleWrite"
    assert "is being run by another process" in second.json["error"]["message"]
    assert ready("experiments", "show", "latest", "--json").json["status"] == "running"
    gate.set()
    code, answer, _ = ended(process)
    assert (code, answer["done"], stub.calls) == (0, ROWS, ROWS)


def test_control_c_finishes_rows_on_their_way_and_pauses(ready: Program, stub: Stub) -> None:
    stub.will(slowly)
    process = ready.start(*ASK, "--concurrency", "2")
    until(lambda: stub.calls >= 4, TIMEOUT_S)
    process.send_signal(signal.SIGINT)
    code, answer, told = ended(process)
    assert (code, answer["status"]) == (130, "paused")
    assert answer["done"] == stub.calls < ROWS
    assert f"Go on with: routeloom eval --resume {answer['experiment']}" in told
    resumed = ready("eval", "--resume", "latest", "--json")
    assert (resumed.code, resumed.json["done"], stub.calls) == (0, ROWS, ROWS)


def test_a_second_control_c_breaks_off_what_hangs(ready: Program, stub: Stub) -> None:
    stub.will(knows_even, hangs)
    process = ready.start(*ASK, "--concurrency", "2")
    until(lambda: stub.calls >= 3, TIMEOUT_S)
    process.send_signal(signal.SIGINT)
    until(lambda: stored_status(ready.home) in ("paused", "running"))
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    code, answer, _ = ended(process)
    assert (code, answer["status"], answer["done"]) == (130, "paused", 1)


def stored_status(home: Path) -> str:
    with closing(sqlite3.connect(home / "routeloom.db")) as connection:
        return str(connection.execute("SELECT status FROM experiment").fetchone()[0])


def test_another_process_may_cancel_it(ready: Program, stub: Stub) -> None:
    stub.will(slowly)
    questions(ready.home, 2_000)
    process = ready.start(*ASK, "--concurrency", "2")
    until(lambda: stub.calls >= 4, TIMEOUT_S)
    assert ready("experiments", "cancel", "latest", "--json").code == 0
    code, answer, _ = ended(process)
    assert (code, answer["status"]) == (1, "cancelled")
    assert answer["done"] == stub.calls < 2_000


def test_a_database_that_is_locked_for_a_while_only_delays(ready: Program, stub: Stub) -> None:
    other = sqlite3.connect(ready.home / "routeloom.db", isolation_level=None, check_same_thread=False)

    async def locks(request: web.Request) -> web.StreamResponse:
        if stub.calls == 6:
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            asyncio.get_running_loop().call_later(1.0, other.execute, "ROLLBACK")
        return await knows_even(request)

    stub.will(locks)
    outcome = ready.process(*ASK, "--concurrency", "2")
    other.close()
    assert (outcome.code, outcome.json["done"], stub.calls) == (0, ROWS, ROWS)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("a file system of one's own needs the rights of root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_pauses_it_and_loses_no_row(ready: Program, stub: Stub, small_disk: Path) -> None:
    for file in ready.home.iterdir():
        (small_disk / file.name).write_bytes(file.read_bytes())
    program = Program(small_disk)
    filler = small_disk / "filler"

    async def fills(request: web.Request) -> web.StreamResponse:
        if stub.calls == 6:
            await asyncio.to_thread(fill, filler)
        return await knows_even(request)

    stub.will(fills)
    outcome = program.process(*ASK, "--concurrency", "1")
    assert (outcome.code, outcome.json["status"]) == (1, "paused")
    assert "has no room left; free disk space" in outcome.json["error"]
    filler.unlink()
    kept = ended_in(small_disk)
    assert 0 < len(kept) < ROWS
    resumed = program.process("eval", "--resume", "latest", "--json")
    assert (resumed.code, resumed.json["done"]) == (0, ROWS)
    assert kept <= ended_in(small_disk)
    assert stub.calls <= ROWS + 1


def fill(path: Path) -> None:
    """Writes until nothing more fits."""
    with path.open("wb", buffering=0) as stream:
        try:
            for size in (65_536, 512):
                while stream.write(os.urandom(size)) == size:
                    pass
        except OSError:
            return

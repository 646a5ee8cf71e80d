"""Whatever breaks, no row that has ended is lost, nothing answered is bought again, and a sentence says what it was."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from aiohttp import web

from app.workspace import Workspace
from pipelines.error import StaleWrite
from storage.experiment_page import RowFilter
from tests.app.experiment.killing import ended_in, killed, slowly, start_process
from tests.app.experiment.scene import CALL_USD, echoes, experiment, opened, store_facts, two_steps, until
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub

ROWS, WIDTH = 240, 16


def test_four_kills_lose_no_row_and_buy_nothing_twice_that_was_answered(tmp_path: Path, server: Stub) -> None:
    with opened(tmp_path, server.base_url) as workspace:
        store_facts(workspace, ROWS)
        workspace.experiments.create(experiment(two_steps(), concurrency=WIDTH))
    toll = killed(tmp_path, server, seed=1)
    assert (toll.lost, toll.avoidable) == (0, 0)
    assert 0 <= server.calls - 2 * ROWS <= 4 * WIDTH
    with opened(tmp_path, server.base_url) as workspace:
        end = workspace.experiments.progress("x1")
        assert (end.status, end.done, end.calls) == ("done", ROWS, 2 * ROWS)
        assert end.paid_usd == pytest.approx(2 * ROWS * CALL_USD)


def test_a_database_that_stays_locked_pauses_the_experiment_and_loses_no_row(
    workspace: Workspace, tmp_path: Path, server: Stub
) -> None:
    workspace.experiments.create(experiment(two_steps(), concurrency=2))
    with workspace.storage.database.write() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(tmp_path / "routeloom.db", isolation_level=None, check_same_thread=False)

    async def locks_at_the_tenth(request: web.Request) -> web.StreamResponse:
        if server.calls == 10:
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        return await echoes(request)

    server.will(locks_at_the_tenth)
    end = workspace.experiments.start("x1").result(timeout=60)
    assert end.status == "paused"
    assert end.error is not None
    assert "was busy for more than 30 seconds" in end.error
    assert workspace.experiments.progress("x1").error == end.error
    assert server.calls < 16
    kept = ended_in(tmp_path)
    other.execute("ROLLBACK")
    other.close()
    server.will(echoes)
    end = workspace.experiments.resume("x1").result(timeout=60)
    assert (end.status, end.done) == ("done", 20)
    assert kept <= ended_in(tmp_path)


def test_a_full_disk_pauses_the_experiment_and_keeps_what_was_acknowledged(
    workspace: Workspace, tmp_path: Path, server: Stub
) -> None:
    workspace.experiments.create(experiment(two_steps(), concurrency=2))

    async def fills_at_the_tenth(request: web.Request) -> web.StreamResponse:
        if server.calls == 10:
            await asyncio.to_thread(fill)
        return await echoes(request)

    def fill() -> None:
        with workspace.storage.database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    server.will(fills_at_the_tenth)
    end = workspace.experiments.start("x1").result(timeout=60)
    assert end.status == "paused"
    assert end.error is not None
    assert "has no room left; free disk space and try again" in end.error
    kept = ended_in(tmp_path)
    with workspace.storage.database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    server.will(echoes)
    end = workspace.experiments.resume("x1").result(timeout=60)
    assert (end.status, end.done) == ("done", 20)
    assert kept <= ended_in(tmp_path)


def test_of_two_processes_one_runs_it_and_no_row_is_run_twice(tmp_path: Path, server: Stub) -> None:
    server.will(slowly)
    with opened(tmp_path, server.base_url) as workspace:
        store_facts(workspace, 40)
        workspace.experiments.create(experiment(concurrency=2))
        process = start_process(tmp_path, server)
        until(lambda: server.calls > 0 or process.poll() is not None, 60)
        assert workspace.experiments.progress("x1").status == "running"
        with pytest.raises(StaleWrite, match="is being run by another process"):
            workspace.experiments.start("x1").result(timeout=60)
        output, errors = process.communicate(timeout=120)
        assert (output, errors) == ("done\n", "")
        assert (workspace.experiments.progress("x1").done, server.calls) == (40, 40)


FAULTS = {
    "overloaded": s.fails(503),
    "rejected": s.fails(422),
    "garbage": s.sends(b'{"choices": ['),
    "no choices": s.says("x", choices=[]),
    "dropped": s.drops,
    "cut": s.promises_more_than_it_sends,
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_of_some_questions_fails_their_rows_and_no_other(
    workspace: Workspace, server: Stub, fault: str
) -> None:
    async def sometimes(request: web.Request) -> web.StreamResponse:
        asked = (await request.json())["messages"][-1]["content"]
        return await (FAULTS[fault] if asked == "question 4" else echoes)(request)

    server.will(sometimes)
    workspace.experiments.create(experiment(concurrency=2))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.status, end.done, end.failed) == ("done", 19, 1)
    [row] = workspace.storage.experiments.rows("x1", RowFilter(status="failed")).rows
    assert (row.example, row.run_status, row.scores) == (4, "failed", {})
    assert row.error is not None
    assert row.error.startswith("Expert: The model 'small' at 127.0.0.1:")


def test_a_model_that_hangs_costs_its_own_row_and_frees_its_place(tmp_path: Path, server: Stub) -> None:
    async def sometimes(request: web.Request) -> web.StreamResponse:
        asked = (await request.json())["messages"][-1]["content"]
        return await (s.hangs if asked == "question 4" else echoes)(request)

    server.will(sometimes)
    with opened(tmp_path, server.base_url, timeout_s=0.3) as workspace:
        store_facts(workspace, 20)
        workspace.experiments.create(experiment(concurrency=1))
        end = workspace.experiments.start("x1").result(timeout=60)
        assert (end.status, end.done, end.failed) == ("done", 19, 1)


def test_a_row_that_takes_too_long_has_failed(workspace: Workspace, server: Stub) -> None:
    async def sometimes(request: web.Request) -> web.StreamResponse:
        asked = (await request.json())["messages"][-1]["content"]
        return await (s.hangs if asked == "question 4" else echoes)(request)

    server.will(sometimes)
    workspace.experiments.create(experiment(concurrency=1, row_timeout_s=0.4))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.status, end.done, end.failed) == ("done", 19, 1)

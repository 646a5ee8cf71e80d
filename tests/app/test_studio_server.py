"""The routes and the settings of the studio's server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.config import Config
from app.live import LiveRuns, live_runs
from app.snapshot import snapshot_of
from app.studio_server import CHART_DARK, CHART_LIGHT, routes, settings
from app.workspace import Workspace
from pipelines.document import Pipeline
from pipelines.run import Run
from pipelines.value import Query


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes())) as opened:
        yield opened


def test_the_server_says_that_it_lives(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/api/nothing", "/v1/chat/completions", "/api/runs/unknown/events"])
def test_an_unknown_address_of_a_program_is_no_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "error" in answer.json()
    assert client.post("/v1/models").status_code == 404


def test_the_events_of_a_run_end_with_its_final_state(client: TestClient, tmp_path: Path) -> None:
    with Workspace(Config(home=tmp_path)) as space:
        run = Run(id="streamed", pipeline=Pipeline(), query=Query(text="Is it hot?"))
        live = live_runs().start(space, run)
        body = client.get("/api/runs/streamed/events")
    assert body.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in body.text.split("\n\n") if line]
    assert events[-1] == json.loads(snapshot_of(live.run).model_dump_json())
    assert (events[-1]["status"], live.run.error) == ("failed", live.run.error)
    assert "empty" in str(live.run.error)


def test_a_bounded_number_of_finished_runs_is_remembered(tmp_path: Path) -> None:
    runs = LiveRuns()
    with Workspace(Config(home=tmp_path)) as space:
        for number in range(60):
            live = runs.start(space, Run(id=f"run-{number}", pipeline=Pipeline(), query=Query(text="?")))
            future: Future[Run] = Future()
            future.cancel()
            live.on_end(future)
    assert runs.get("run-0") is None
    assert runs.get("run-59") is not None
    assert runs.running("any") is None


def test_the_studio_binds_to_this_machine_and_sends_nothing_home() -> None:
    told = settings(Config())
    assert told["server.address"] == "127.0.0.1"
    assert told["browser.gatherUsageStats"] is False
    assert (told["client.showErrorLinks"], told["client.toolbarMode"]) == (False, "minimal")
    assert (told["runner.magicEnabled"], told["server.fileWatcherType"]) == (False, "none")


def test_both_themes_have_ten_colours_for_charts() -> None:
    assert (len(set(CHART_LIGHT)), len(set(CHART_DARK))) == (10, 10)
    told = settings(Config())
    assert told["theme.light.chartCategoricalColors"] == CHART_LIGHT
    assert told["theme.dark.primaryColor"] != told["theme.light.primaryColor"]

"""What stored runs tell an estimate."""

from __future__ import annotations

from typing import Any

from pipelines.run import Run
from storage import Storage
from tests.app.drawn import finished, forked
from tests.storage.changed import call

EXPERT = forked().node("expert_2")


def run(number: int, **changes: object) -> Run:
    """The run of `drawn` under another id."""
    return finished().model_copy(update={"id": f"run-{number}", **changes})


async def test_the_runs_of_a_workflow_tell_what_its_nodes_did(storage: Storage) -> None:
    for number in range(3):
        await storage.runs.finish(run(number))
    await storage.runs.finish(run(7, workflow="other"))
    history = storage.runs.past(("forked",))
    assert [sample.run for sample in history.of(EXPERT)] == ["run-2", "run-1", "run-0"]
    assert history.of(EXPERT)[0].latency_s == 0.5
    assert [sample.run for sample in storage.runs.past(("forked",), limit=1).of(EXPERT)] == ["run-2"]


async def test_rows_of_experiments_and_unsaved_pipelines_are_found_too(storage: Storage) -> None:
    await storage.runs.finish(run(0, experiment="e", workflow="forked"))
    await storage.runs.finish(run(1, workflow=None))
    assert [sample.run for sample in storage.runs.past(("forked",)).of(EXPERT)] == ["run-0"]
    named = storage.runs.past(pipeline_names=("Forked",))
    assert [sample.run for sample in named.of(EXPERT)] == ["run-1", "run-0"]


async def test_nothing_is_told_of_nobody(storage: Storage) -> None:
    await storage.runs.finish(run(0))
    assert storage.runs.past().samples == {}
    assert storage.runs.past(("unknown",)).samples == {}


async def test_a_run_under_way_tells_nothing(storage: Storage) -> None:
    await storage.runs.begin(run(0, status="running"))
    assert storage.runs.past(("forked",)).samples == {}


async def test_live_calls_tell_the_time_and_others_do_not(storage: Storage) -> None:
    changes: list[dict[str, Any]] = [{}, {"source": "cache"}, {"reply": None}, {"latency_s": 3.5}]
    for number, change in enumerate(changes):
        told = {"source": "live", "model": "fast", "latency_s": 2.5, **change}
        await storage.runs.put(call(number, **told))
    columns = storage.runs.past().calls["fast"]
    assert sorted(columns.latency_s.tolist()) == [2.5, 3.5]

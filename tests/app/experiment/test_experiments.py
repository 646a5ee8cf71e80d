"""An experiment runs, stops, goes on and is tried again, and its rows and its money are exact at every moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from app.experiment.experiments import Experiments
from app.workspace import Workspace
from pipelines.document import Pipeline
from pipelines.error import DocumentError, NotFound, PipelineInvalid, StaleWrite
from pipelines.experiment.experiment import run_id_of
from pipelines.retrieval.hashing import HashingEmbedder
from storage.experiment_page import RowFilter
from tests.app.experiment.scene import CALL_USD, EXACT, Gate, echoes, experiment, opened, store_facts, two_steps, until
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.stub import Stub

JUDGE = {"kind": "llm_judge"}


def test_every_pipeline_meets_every_example(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment(single_expert(), two_steps()))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.status, end.done, end.total, end.error) == ("done", 40, 40, None)
    results = workspace.storage.experiments.results("x1")
    assert results.n_rows == 40
    assert results.contenders == ("p0", "p1")
    assert results.matrix(results.score).tolist() == [[1.0, 1.0], [0.0, 0.0]] * 10
    assert results.examples.ids[:2] == ("e0", "e1")
    assert workspace.experiments.progress("x1").share == 1.0


def test_the_same_call_is_made_once_and_counted_as_paid_and_at_list_price(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment(single_expert(), single_expert(), repeats=2, concurrency=8))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.done, end.calls, end.cached_calls, server.calls) == (80, 80, 60, 20)
    assert end.paid_usd == pytest.approx(20 * CALL_USD)
    assert end.list_usd == pytest.approx(80 * CALL_USD)
    results = workspace.storage.experiments.results("x1")
    assert results.cost_usd.sum() == pytest.approx(20 * CALL_USD)
    assert results.list_cost_usd.tolist() == pytest.approx([CALL_USD] * 80)


def test_the_same_call_asked_at_the_same_time_is_made_once(workspace: Workspace, server: Stub) -> None:
    gate = Gate()
    server.will(gate)
    workspace.experiments.create(experiment(*[single_expert()] * 4, concurrency=4))
    future = workspace.experiments.start("x1")
    until(lambda: workspace.experiments.progress("x1").running == 4 and server.active == 1)
    workspace.experiments.pause("x1")
    server_loop_opens(gate)
    assert future.result(timeout=60).done == 4
    assert server.calls == 1


def server_loop_opens(gate: Gate) -> None:
    """Opens a gate from this thread."""
    loop = gate.open._loop  # type: ignore[attr-defined]
    loop.call_soon_threadsafe(gate.open.set)


def test_a_paused_experiment_finishes_what_is_on_its_way_and_goes_on_later(workspace: Workspace, server: Stub) -> None:
    gate = Gate()
    server.will(gate)
    workspace.experiments.create(experiment(two_steps(), concurrency=3))
    future = workspace.experiments.start("x1")
    until(lambda: server.active == 3)
    workspace.experiments.pause("x1")
    server_loop_opens(gate)
    end = future.result(timeout=60)
    assert (end.status, end.done, server.calls) == ("paused", 3, 6)
    assert workspace.storage.experiments.get("x1").status == "paused"
    end = workspace.experiments.resume("x1").result(timeout=60)
    assert (end.status, end.done, server.calls) == ("done", 20, 40)
    assert end.paid_usd == pytest.approx(40 * CALL_USD)


def test_a_cancelled_experiment_makes_no_further_call_and_keeps_those_in_flight(
    workspace: Workspace, server: Stub
) -> None:
    gate = Gate()
    server.will(gate)
    workspace.experiments.create(experiment(two_steps(), concurrency=3))
    future = workspace.experiments.start("x1")
    until(lambda: server.active == 3)
    workspace.experiments.cancel("x1")
    server_loop_opens(gate)
    end = future.result(timeout=60)
    assert (end.status, end.done, end.cancelled, server.calls) == ("cancelled", 0, 3, 3)
    assert end.paid_usd == pytest.approx(3 * CALL_USD)
    rows = workspace.storage.experiments.rows("x1", RowFilter(status="cancelled")).rows
    assert [row.cost_usd for row in rows] == pytest.approx([CALL_USD] * 3)
    assert np.isnan(workspace.storage.experiments.results("x1").score).all()
    end = workspace.experiments.resume("x1").result(timeout=60)
    assert (end.status, end.done, end.cancelled, server.calls) == ("done", 20, 0, 40)
    assert end.paid_usd == pytest.approx(40 * CALL_USD)


def test_failed_rows_alone_are_tried_again(workspace: Workspace, server: Stub) -> None:
    broken = True

    async def sometimes(request: web.Request) -> web.StreamResponse:
        asked = (server.bodies[-1]["messages"][-1]["content"]).rsplit(" ", 1)[-1]
        return await (s.fails(400) if broken and int(asked) < 5 else s.says("hello"))(request)

    server.will(sometimes)
    workspace.experiments.create(experiment(concurrency=1))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.status, end.done, end.failed) == ("done", 15, 5)
    score = workspace.storage.experiments.results("x1").score
    assert score[:6].tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    broken = False
    again = workspace.experiments.retry_failed("x1")
    assert again is not None
    end = again.result(timeout=60)
    assert (end.done, end.failed, server.calls) == (20, 0, 25)
    rows = workspace.storage.experiments.rows("x1", limit=20).rows
    assert [row.attempt for row in rows] == [1] * 5 + [0] * 15
    assert rows[0].run_id == run_id_of("x1", 0, 0, 0, 1)
    assert workspace.experiments.retry_failed("x1") is None


def test_the_budget_is_never_exceeded_and_may_be_raised(workspace: Workspace, server: Stub) -> None:
    workspace.storage.models.put(
        workspace.catalogue.entry("small").model_copy(update={"max_output_tokens": 2}),
    )
    workspace.refresh_catalogue(look_around=False)
    limit_usd = 0.2
    workspace.experiments.create(experiment(single_expert(), two_steps(), concurrency=16, budget_usd=limit_usd))
    server.will(echoes)
    end = workspace.experiments.start("x1").result(timeout=60)
    assert end.status == "budget"
    assert end.error is not None
    assert "of the experiment's budget of $0.200000" in end.error
    assert 0.05 < server.calls * CALL_USD <= limit_usd
    assert end.paid_usd == pytest.approx(server.calls * CALL_USD)
    assert 0 < end.done < 40
    end = workspace.experiments.resume("x1", budget_usd=10.0).result(timeout=60)
    assert (end.status, end.done, end.budget) == ("done", 40, 0)
    assert end.paid_usd == pytest.approx(server.calls * CALL_USD)


def test_a_refused_key_ends_the_experiment_with_one_sentence(workspace: Workspace, server: Stub) -> None:
    server.will(s.fails(401, "bad key"))
    workspace.experiments.create(experiment(concurrency=4))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.status, end.failed, end.done) == ("failed", 0, 0)
    assert server.calls <= 4
    assert end.error is not None
    assert end.error.endswith("answered 401: bad key. The experiment stopped here; put the key right and resume it.")
    server.will(s.says("hello"))
    assert workspace.experiments.resume("x1").result(timeout=60).done == 20


def test_429_with_retry_after_delays_and_loses_nothing(workspace: Workspace, server: Stub) -> None:
    asked: set[str] = set()

    async def busy_at_first(request: web.Request) -> web.StreamResponse:
        question = (await request.json())["messages"][-1]["content"]
        first = question not in asked and len(asked) < 6
        asked.add(question)
        return await (s.fails(429, Retry_After="0.05") if first else s.says("hello"))(request)

    server.will(busy_at_first)
    workspace.experiments.create(experiment(concurrency=8))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.status, end.done, server.calls) == ("done", 20, 26)


def test_a_second_process_may_not_run_it(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment())
    assert workspace.storage.experiments.lease("x1", "elsewhere|1|aa", 60)
    with pytest.raises(StaleWrite, match="is being run by another process"):
        workspace.experiments.start("x1").result(timeout=60)
    assert server.calls == 0
    assert workspace.storage.experiments.get("x1").status == "new"


def test_it_is_not_started_twice_in_one_process(workspace: Workspace, server: Stub) -> None:
    gate = Gate()
    server.will(gate)
    workspace.experiments.create(experiment())
    future = workspace.experiments.start("x1")
    assert workspace.experiments.progress("x1").status == "running"
    with pytest.raises(StaleWrite, match="is under way already"):
        workspace.experiments.start("x1")
    until(lambda: server.active == 4)
    server_loop_opens(gate)
    assert future.result(timeout=60).done == 20
    assert server.calls == 20


def test_closing_pauses_it_and_another_process_goes_on(tmp_path: Path, server: Stub) -> None:
    gate = Gate()
    server.will(gate)
    with opened(tmp_path, server.base_url) as first:
        store_facts(first, 20)
        first.experiments.create(experiment())
        first.experiments.start("x1")
        until(lambda: server.active == 4)
    server.will(s.says("hello"))
    with opened(tmp_path, server.base_url) as second:
        assert second.experiments.progress("x1").status == "paused"
        assert second.experiments.resume("x1").result(timeout=60).done == 20


@pytest.mark.parametrize("wish", ["pause", "cancel"])
def test_another_process_may_ask_for_a_stop(workspace: Workspace, server: Stub, wish: str) -> None:
    gate = Gate()
    server.will(gate)
    runs_it = Experiments(
        workspace.storage, workspace.batch_engine, workspace.library, HashingEmbedder(), workspace.loop, beat_s=0.01
    )
    runs_it.create(experiment(two_steps()))
    future = runs_it.start("x1")
    until(lambda: server.active == 4)
    assert workspace.experiments.progress("x1").status == "running"
    getattr(workspace.experiments, wish)("x1")
    until(lambda: runs_it.progress("x1").status != "running")
    server_loop_opens(gate)
    assert future.result(timeout=60).status == {"pause": "paused", "cancel": "cancelled"}[wish]
    assert server.calls == {"pause": 8, "cancel": 4}[wish]


def test_an_experiment_under_way_is_neither_deleted_nor_tried_again(workspace: Workspace, server: Stub) -> None:
    gate = Gate()
    server.will(gate)
    workspace.experiments.create(experiment())
    future = workspace.experiments.start("x1")
    until(lambda: server.active == 4)
    with pytest.raises(StaleWrite, match="is under way; wait for its end, or pause it first"):
        workspace.experiments.delete("x1")
    with pytest.raises(StaleWrite, match="is under way"):
        workspace.experiments.retry_failed("x1")
    server_loop_opens(gate)
    future.result(timeout=60)
    until(lambda: "x1" not in workspace.experiments.under_way)
    workspace.experiments.delete("x1")
    assert workspace.storage.experiments.list() == []


def test_an_experiment_whose_process_died_is_interrupted(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment())
    workspace.storage.experiments.set_status("x1", "running")
    assert workspace.experiments.progress("x1").interrupted
    assert workspace.storage.experiments.lease("x1", "elsewhere|1|aa", 60)
    assert not workspace.experiments.progress("x1").interrupted


def test_what_the_judge_costs_is_counted_apart(workspace: Workspace, server: Stub) -> None:
    server.will(s.says('{"reason": "fine", "score": 1, "verdict": "correct"}'))
    workspace.experiments.create(experiment(scorers=(JUDGE, EXACT)))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert end.done == 20
    row = workspace.storage.experiments.rows("x1", limit=1).rows[0]
    calls = workspace.storage.runs.calls(row.run_id or "")
    assert [call.node_id for call in calls] == ["expert", "scorer:llm_judge"]
    assert row.cost_usd == pytest.approx(CALL_USD)
    assert row.judge_cost_usd == pytest.approx(CALL_USD)
    assert end.judge_usd == pytest.approx(20 * CALL_USD)
    assert end.paid_usd == pytest.approx(server.calls * CALL_USD)


def test_a_label_of_a_person_is_the_score(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment(scorers=({"kind": "human"}, EXACT)))
    end = workspace.experiments.start("x1").result(timeout=60)
    assert (end.done, end.unlabelled) == (20, 20)
    queue = workspace.storage.experiments.rows("x1", RowFilter(unlabelled=True))
    labelled = workspace.experiments.label("x1", queue.rows[0], "human", 1.0, "right")
    assert labelled.scores["human"].reason == "right"
    assert workspace.storage.experiments.rows("x1", RowFilter(unlabelled=True)).total == 19
    score = workspace.storage.experiments.results("x1").score
    assert score[0] == 1.0
    assert np.isnan(score[1:]).all()
    assert workspace.storage.experiments.results("x1", "exact_match").score[:2].tolist() == [1.0, 0.0]
    with pytest.raises(NotFound, match="There is no scorer 'ghost'; there is human, exact_match"):
        workspace.experiments.label("x1", queue.rows[0], "ghost", 1.0)


def test_the_same_seed_gives_the_same_rows(tmp_path: Path, server: Stub) -> None:
    found = []
    for name in ("one", "two"):
        with opened(tmp_path / name, server.base_url) as workspace:
            store_facts(workspace, 20)
            workspace.experiments.create(experiment(single_expert(sampling={"temperature": 1.0}), repeats=2, seed=7))
            workspace.experiments.start("x1").result(timeout=60)
            rows = workspace.storage.experiments.rows("x1").rows
            found.append([row.model_copy(update={"latency_s": 0.0}) for row in rows])
    assert found[0] == found[1]
    seeds = [body["seed"] for body in server.bodies]
    assert sorted(seeds[:40]) == sorted(seeds[40:])
    assert len(set(seeds)) == 40


def test_an_experiment_takes_the_examples_it_names(workspace: Workspace, server: Stub) -> None:
    chosen = experiment().model_copy(update={"example_ids": ("e7", "e2")})
    workspace.experiments.create(chosen)
    workspace.experiments.start("x1").result(timeout=60)
    results = workspace.storage.experiments.results("x1")
    assert results.examples.ids == ("e7", "e2")
    assert results.score.tolist() == [0.0, 1.0]
    assert {body["messages"][-1]["content"] for body in server.bodies} == {"question 7", "question 2"}


def test_what_cannot_be_run_is_refused_before_anything_is_asked(workspace: Workspace, server: Stub) -> None:
    twice = experiment(single_expert(), single_expert())
    same = tuple(each.model_copy(update={"label": "p"}) for each in twice.contenders)
    with pytest.raises(DocumentError, match="Two pipelines of the experiment are called 'p'"):
        workspace.experiments.create(twice.model_copy(update={"contenders": same}))
    with pytest.raises(DocumentError, match="The scorer 'ghost' cannot be read"):
        workspace.experiments.create(experiment(scorers=({"kind": "ghost"},)))
    with pytest.raises(DocumentError, match="has no example 'e99'"):
        workspace.experiments.create(experiment().model_copy(update={"example_ids": ("e99",)}))
    with pytest.raises(DocumentError, match="has no version 1 with these rows"):
        workspace.experiments.create(experiment().model_copy(update={"data_hash": "other"}))
    workspace.experiments.create(experiment(Pipeline()))
    with pytest.raises(PipelineInvalid, match="The pipeline is empty"):
        workspace.experiments.start("x1")
    assert server.calls == 0


def test_a_trained_router_that_is_not_there_is_refused_before_anything_is_asked(
    workspace: Workspace, server: Stub
) -> None:
    router = node("r", "learned_router", {"router": "ghost"})
    nodes = [node("q", "query_input"), router, node("e", "expert"), node("a", "answer_output")]
    drawn = draw(nodes, "q.query > r.query", "q.query > e.query", "r.choice > e.choice", "e.answer > a.answers")
    workspace.experiments.create(experiment(drawn))
    with pytest.raises(PipelineInvalid, match="There is no trained router 'ghost'"):
        workspace.experiments.start("x1")
    assert server.calls == 0


def test_the_rows_of_an_experiment_are_in_no_list_of_runs(workspace: Workspace, server: Stub) -> None:
    workspace.experiments.create(experiment())
    workspace.experiments.start("x1").result(timeout=60)
    assert workspace.storage.runs.runs() == []
    run = workspace.storage.runs.run(run_id_of("x1", 0, 0, 0, 0))
    assert run is not None
    assert run.experiment == "x1"
    assert run.spans[1].models == ("small",)

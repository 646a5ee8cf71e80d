"""A run followed while it happens."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from app.live import LiveRun
from app.snapshot import snapshot_of
from pipelines.error import ConfigurationError
from pipelines.event import AnyEvent, CallFinished, NodeFinished, NodeStarted, RunFinished, RunStarted, TokenArrived
from pipelines.run import Run, Totals
from tests.app.drawn import QUESTION, finished, forked

RUN = Run(id="run-1", pipeline=forked(), query=QUESTION, workflow="forked")
NODES = ("question", "router", "expert_1", "expert_2", "answer")


def followed(*events: AnyEvent) -> LiveRun:
    live = LiveRun(RUN)
    for event in events:
        live.on_event(event)
    return live


def halfway() -> LiveRun:
    spans = finished().spans
    return followed(
        RunStarted(run_id="run-1", nodes=NODES),
        NodeFinished(span=spans[0]),
        NodeStarted(node_id="router", at_s=0.0),
        NodeFinished(span=spans[1]),
        NodeFinished(span=spans[2]),
        NodeStarted(node_id="expert_2", at_s=0.01),
        TokenArrived(node_id="expert_2", text="Ye"),
        TokenArrived(node_id="expert_2", text="s."),
        CallFinished(node_id="expert_2", model="small", call_id="c", run_totals=Totals(calls=1, cost_usd=0.002)),
    )


def test_a_run_under_way_shows_what_is_known_of_each_node() -> None:
    shown = halfway().snapshot()
    assert {node_id: node.status for node_id, node in shown.nodes.items()} == {
        "question": "done",
        "router": "done",
        "expert_1": "skipped",
        "expert_2": "running",
        "answer": "queued",
    }
    assert shown.nodes["expert_2"].text == "Yes."
    assert (shown.status, shown.cost_usd) == ("running", 0.002)
    assert shown.edges["router.short->expert_2.query"] == "taken"
    assert shown.edges["expert_2.answer->answer.answers"] == "idle"


def test_what_is_being_written_is_known_with_its_writer() -> None:
    assert halfway().latest_text() == ("expert_2", "Yes.")


def test_words_of_a_sub_pipeline_are_those_of_its_node() -> None:
    live = followed(TokenArrived(node_id="outer/inner", text="Hello"))
    assert live.latest_text() == ("outer", "Hello")


def test_the_run_under_way_holds_the_spans_that_ended() -> None:
    run = halfway().run
    assert (run.status, [span.node_id for span in run.spans]) == ("running", ["question", "router", "expert_1"])


def test_the_end_shows_the_same_as_the_stored_run() -> None:
    live = halfway()
    live.on_event(RunFinished(run=finished()))
    assert live.finished
    assert live.run == finished()
    assert live.snapshot() == snapshot_of(finished())


def test_a_run_that_cannot_start_ends_as_failed_with_the_reason() -> None:
    live, future = LiveRun(RUN), Future[Run]()
    future.set_exception(ConfigurationError("The model 'x' is not in the catalogue."))
    live.on_end(future)
    assert live.finished
    assert (live.run.status, live.run.error) == ("failed", "The model 'x' is not in the catalogue.")


def test_a_fault_that_nobody_foresaw_is_told_with_its_kind() -> None:
    live, future = LiveRun(RUN), Future[Run]()
    future.set_exception(ZeroDivisionError("division by zero"))
    live.on_end(future)
    assert live.run.error == "ZeroDivisionError: division by zero"


async def test_every_watcher_sees_the_last_state_and_then_the_stream_ends() -> None:
    live = halfway()
    live.on_event(RunFinished(run=finished()))
    first = [shown async for shown in live.watch()]
    second = [shown async for shown in live.watch()]
    assert first == second == [snapshot_of(finished())]


async def test_a_watcher_sees_the_state_when_it_comes_and_the_end_when_it_happens() -> None:
    live = halfway()
    seen = []
    async for shown in live.watch():
        seen.append(shown.status)
        if len(seen) == 1:
            # The engine calls from a thread of its own.
            thread = threading.Thread(target=live.on_event, args=(RunFinished(run=finished()),))
            thread.start()
            thread.join()
    assert seen == ["running", "done"]

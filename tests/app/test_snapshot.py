"""What the canvas shows of a run."""

from __future__ import annotations

from app.snapshot import snapshot_of
from pipelines.run import Run, Span, Totals
from tests.app.drawn import finished, forked


def test_a_finished_run_shows_what_each_node_did() -> None:
    shown = snapshot_of(finished())
    assert (shown.run, shown.status, shown.cost_usd, shown.latency_s) == ("run-1", "done", 0.002, 0.51)
    assert {node_id: node.status for node_id, node in shown.nodes.items()} == {
        "question": "done",
        "router": "done",
        "expert_1": "skipped",
        "expert_2": "done",
        "answer": "done",
    }
    expert = shown.nodes["expert_2"]
    assert (expert.cost_usd, expert.calls, expert.input_tokens, expert.output_tokens) == (0.002, 1, 30, 4)
    assert (expert.text, expert.fired, expert.latency_s) == ("Yes.", ("answer",), 0.5)
    assert shown.nodes["router"].cost_usd is None
    assert shown.nodes["expert_1"].latency_s is None


def test_the_router_shows_its_scores_and_reason() -> None:
    router = snapshot_of(finished()).nodes["router"]
    assert router.scores == {"long": 0.0, "short": 1.0}
    assert (router.threshold, router.reason) == (0.5, "short: length > 0")


def test_edges_are_taken_where_the_port_fired_and_not_taken_behind_a_silent_node() -> None:
    assert snapshot_of(finished()).edges == {
        "question.query->router.query": "taken",
        "router.long->expert_1.query": "not_taken",
        "router.short->expert_2.query": "taken",
        "expert_1.answer->answer.answers": "not_taken",
        "expert_2.answer->answer.answers": "taken",
    }


def test_an_edge_that_was_taken_tells_what_crossed_it() -> None:
    assert snapshot_of(finished()).values == {
        "question.query->router.query": "Is it hot?",
        "router.short->expert_2.query": "Is it hot?",
        "expert_2.answer->answer.answers": "Yes.",
    }


def test_an_edge_whose_source_has_not_ended_is_idle() -> None:
    run = Run(pipeline=forked(), query=finished().query, spans=finished().spans[:1])
    assert snapshot_of(run).edges["router.short->expert_2.query"] == "idle"
    assert snapshot_of(run).edges["question.query->router.query"] == "taken"


def test_what_a_sub_pipeline_used_counts_for_its_node() -> None:
    inner = Totals(calls=2, cached_calls=2, list_cost_usd=0.1, input_tokens=8, output_tokens=2)
    run = finished().model_copy(
        update={
            "spans": (
                Span(node_id="expert_1", kind="sub_pipeline", status="done"),
                Span(node_id="expert_1/deep", kind="expert", status="done", totals=inner),
                Span(node_id="expert_1/deep/er", kind="expert", status="done", totals=inner),
            )
        }
    )
    shown = snapshot_of(run)
    assert list(shown.nodes) == ["expert_1"]
    assert (shown.nodes["expert_1"].calls, shown.nodes["expert_1"].input_tokens) == (4, 16)
    assert shown.nodes["expert_1"].cached is True

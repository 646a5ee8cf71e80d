"""What many runs did together."""

from __future__ import annotations

from typing import Any

from pipelines.fleet import Batch, BatchEdge, BatchNode, fleet, is_comparable
from pipelines.run import Fired, Run, RunSettings, Span, Totals
from pipelines.value import Query
from tests.app.drawn import HOT, QUESTION, finished, forked

LONG = "router.long->expert_1.query"
SHORT = "router.short->expert_2.query"


def spans(**changes: dict[str, Any]) -> tuple[Span, ...]:
    """Returns the spans of `finished`, with other values for those that are named."""
    return tuple(span.model_copy(update=changes.get(span.node_id, {})) for span in finished().spans)


def went_long() -> Run:
    """Returns a run that took the other branch, at twice the price."""
    paid = Totals(calls=1, cost_usd=0.0, list_cost_usd=0.004, cached_calls=1)
    changed = spans(
        router={"fired": Fired(ports={"long": QUESTION})},
        expert_1={"status": "done", "latency_s": 2.0, "totals": paid, "fired": Fired(ports={"answer": HOT})},
        expert_2={"status": "skipped", "totals": Totals(), "fired": None},
    )
    return finished().model_copy(update={"id": "run-2", "spans": changed, "totals": paid})


def failed() -> Run:
    changed = spans(expert_2={"status": "failed", "fired": None}, answer={"status": "blocked", "fired": None})
    return finished().model_copy(update={"id": "run-3", "spans": changed, "status": "failed"})


def test_no_run_is_an_empty_batch() -> None:
    assert fleet(forked(), [], title="none") == Batch(title="none", rows=0)


def test_an_edge_tells_the_share_the_cost_and_the_accuracy_of_the_rows_that_crossed_it() -> None:
    found = fleet(forked(), [finished(), went_long(), failed()], {"run-1": 1.0, "run-2": 0.5, "run-3": 0.0})
    assert found.rows == 3
    assert found.edges[SHORT] == BatchEdge(share=2 / 3, cost_usd=0.004, accuracy=0.5)
    assert found.edges[LONG] == BatchEdge(share=1 / 3, cost_usd=0.004, accuracy=0.5)
    assert found.edges["expert_2.answer->answer.answers"] == BatchEdge(share=1 / 3, cost_usd=0.002, accuracy=1.0)


def test_an_edge_that_no_row_crossed_has_no_cost() -> None:
    assert fleet(forked(), [finished()]).edges[LONG] == BatchEdge(share=0.0)


def test_a_node_tells_its_own_cost_median_failures_and_accuracy() -> None:
    slow = finished().model_copy(update={"id": "run-4", "spans": spans(expert_2={"latency_s": 0.9})})
    nodes = fleet(forked(), [finished(), slow, went_long(), failed()], {"run-1": 1.0, "run-4": 0.0}).nodes
    assert nodes["expert_2"] == BatchNode(cost_usd=0.006, latency_s=0.7, error_rate=1 - 2 / 3, accuracy=0.5)
    assert nodes["question"] == BatchNode(latency_s=0.0, error_rate=0.0, accuracy=0.5)


def test_a_node_that_no_row_reached_is_left_out() -> None:
    assert "expert_1" not in fleet(forked(), [finished()]).nodes


def test_a_cached_answer_costs_its_list_price_and_its_time_counts_only_where_no_other_is_known() -> None:
    both = spans(expert_1={"status": "done", "latency_s": 4.0, "fired": Fired(ports={"answer": HOT})})
    fresh = finished().model_copy(update={"id": "run-5", "spans": both})
    assert fleet(forked(), [went_long()]).nodes["expert_1"] == BatchNode(cost_usd=0.004, latency_s=2.0, error_rate=0.0)
    assert fleet(forked(), [went_long(), fresh]).nodes["expert_1"].latency_s == 4.0


def test_a_bypassed_node_took_no_time() -> None:
    around = finished().model_copy(update={"spans": spans(router={"bypassed": True})})
    assert fleet(forked(), [around]).nodes["router"].latency_s is None
    assert fleet(forked(), [around, finished()]).nodes["router"].latency_s == 0.01


def test_what_happened_inside_a_sub_pipeline_counts_for_its_node() -> None:
    inner = Span(node_id="answer/expert", kind="expert", status="done", totals=Totals(calls=1, list_cost_usd=0.01))
    run = finished().model_copy(update={"spans": (*finished().spans, inner)})
    found = fleet(forked(), [run])
    assert found.nodes["answer"].cost_usd == 0.01
    assert "answer/expert" not in found.nodes


def test_a_part_that_is_made_up_makes_the_costs_notional() -> None:
    paid = Totals(calls=1, list_cost_usd=0.1, notional=True)
    run = finished().model_copy(update={"spans": spans(expert_2={"totals": paid})})
    assert (fleet(forked(), [run]).notional, fleet(forked(), [finished()]).notional) == (True, False)


def test_runs_that_ended_by_themselves_on_the_same_structure_are_comparable() -> None:
    assert is_comparable(forked(), finished())
    assert is_comparable(forked(), failed())
    other = forked().model_copy(update={"nodes": forked().nodes[:-1]})
    assert not is_comparable(other, finished())
    assert not is_comparable(forked().model_copy(update={"edges": forked().edges[:-1]}), finished())


def test_another_configuration_is_still_comparable() -> None:
    nodes = tuple(spec.model_copy(update={"title": "x", "config": {"system": "Be brief."}}) for spec in forked().nodes)
    assert is_comparable(forked().model_copy(update={"nodes": nodes}), finished())


def test_runs_that_were_stopped_or_cut_short_are_not_comparable() -> None:
    assert not is_comparable(forked(), Run(pipeline=forked(), query=Query(text="?")))
    assert not is_comparable(forked(), finished().model_copy(update={"status": "cancelled"}))
    assert not is_comparable(forked(), finished().model_copy(update={"settings": RunSettings(to_node="router")}))

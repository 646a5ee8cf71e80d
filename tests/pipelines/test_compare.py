"""Comparisons of pipelines and of runs."""

from __future__ import annotations

from pipelines.compare import compare_pipelines, compare_runs, edited_nodes
from pipelines.document import JoinRule, NodeSpec, Pipeline, Position
from pipelines.run import Run, Span
from tests.app.drawn import edge, finished, forked


def with_node(pipeline: Pipeline, node_id: str, **changes: object) -> Pipeline:
    nodes = tuple(spec.model_copy(update=changes) if spec.id == node_id else spec for spec in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes})


def with_span(run: Run, node_id: str, **changes: object) -> Run:
    spans = tuple(span.model_copy(update=changes) if span.node_id == node_id else span for span in run.spans)
    return run.model_copy(update={"spans": spans})


def span_of(run: Run, node_id: str) -> Span:
    return next(span for span in run.spans if span.node_id == node_id)


def test_a_pipeline_is_the_same_as_itself_wherever_its_nodes_stand() -> None:
    moved = with_node(forked(), "router", position=Position(x=1, y=2))
    assert compare_pipelines(forked(), moved).is_same


def test_every_field_that_changed_is_named() -> None:
    new = with_node(
        forked(), "expert_1", title="Longer", on_error="silent", config={"system_prompt": "Be exact."}, disabled=True
    )
    new = with_node(new, "answer", join=JoinRule(rule="any"))
    found = compare_pipelines(forked(), new).nodes
    assert found["expert_1"].fields == ("title", "disabled", "when it fails", "system prompt")
    assert (found["answer"].change, found["answer"].note) == ("changed", "waits for")
    assert found["router"].change == "same"


def test_what_is_only_in_one_of_them_is_added_or_removed() -> None:
    old = forked()
    nodes = (*(spec for spec in old.nodes if spec.id != "expert_1"), NodeSpec(id="late", kind="expert"))
    edges = (*(e for e in old.edges if "expert_1" not in (e.source, e.target)), edge("router.long->late.query"))
    found = compare_pipelines(old, old.model_copy(update={"nodes": nodes, "edges": edges}))
    assert (found.nodes["late"].change, found.nodes["expert_1"].change) == ("added", "removed")
    assert [spec.id for spec in found.removed_nodes] == ["expert_1"]
    assert [str(e) for e in found.removed_edges] == ["router.long->expert_1.query", "expert_1.answer->answer.answers"]
    assert found.edges["router.long->late.query"] == "added"
    assert found.edges["expert_1.answer->answer.answers"] == "removed"
    assert found.edges["question.query->router.query"] == "same"
    assert not found.is_same


def test_a_long_list_of_fields_is_cut() -> None:
    changed = with_node(forked(), "expert_1", config={f"field_{n}": n for n in range(8)})
    note = compare_pipelines(forked(), changed).nodes["expert_1"].note
    assert note == "field 0, field 1, field 2, field 3, field 4, field 5 and 2 more"


def test_two_runs_tell_what_was_faster_and_dearer() -> None:
    old = finished()
    totals = span_of(old, "expert_2").totals.model_copy(update={"cost_usd": 0.0, "list_cost_usd": 0.0025})
    new = with_span(old, "expert_2", latency_s=0.25, totals=totals)
    found = compare_runs(old, new).nodes
    assert found["expert_2"].latency_delta_s == -0.25
    assert found["expert_2"].cost_delta_usd is not None
    assert round(found["expert_2"].cost_delta_usd, 9) == 0.0005
    assert (found["router"].latency_delta_s, found["router"].cost_delta_usd) == (0.0, None)


def test_two_runs_tell_what_a_node_did_otherwise() -> None:
    old = finished()
    fired = span_of(old, "router").fired
    assert fired is not None
    new = with_span(old, "router", fired=fired.model_copy(update={"ports": {"long": fired.ports["short"]}}))
    new = with_span(new, "expert_2", status="failed", fired=None)
    new = with_span(new, "answer", fired=fired)
    found = compare_runs(old, new).nodes
    assert found["router"].fields == ("short → long",)
    assert found["expert_2"].fields == ("done → failed",)
    assert found["expert_2"].latency_delta_s is None
    assert found["answer"].change == "changed"
    assert found["expert_1"].change == "same"


def test_the_cost_inside_a_sub_pipeline_counts_for_its_node() -> None:
    old = finished()
    inner = span_of(old, "expert_2").model_copy(update={"node_id": "answer/expert_1"})
    new = old.model_copy(update={"spans": (inner, *old.spans)})
    assert compare_runs(old, new).nodes["answer"].cost_delta_usd == 0.002


def test_an_edited_node_is_one_whose_part_of_the_answer_changed() -> None:
    renamed = with_node(forked(), "router", title="Another title", position=Position(x=1, y=2))
    assert edited_nodes(forked(), renamed) == frozenset()
    cut = forked().model_copy(update={"edges": forked().edges[:-1]})
    assert edited_nodes(forked(), cut) == {"answer"}
    assert edited_nodes(forked(), with_node(forked(), "router", disabled=True)) == {"router"}
    assert edited_nodes(forked(), with_node(forked(), "router", bypassed=True)) == {"router"}


def test_a_bypass_is_named_and_is_not_called_faster() -> None:
    old = finished()
    passed = span_of(old, "router").model_copy(update={"bypassed": True, "latency_s": 0.0})
    spans = tuple(passed if span.node_id == "router" else span for span in old.spans)
    around = with_node(old.pipeline, "router", bypassed=True)
    found = compare_runs(old, old.model_copy(update={"pipeline": around, "spans": spans})).nodes["router"]
    assert (found.fields, found.latency_delta_s) == (("bypassed",), None)

"""Whatever the graph: every node ends once, in order, at the moment its inputs allow, and the run ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.engine import Flow, LangGraphFlow, PlainFlow
from pipelines.event import NodeFinished, NodeStarted
from pipelines.graph import find_problems
from pipelines.run import Run
from tests.pipelines.drawing import node
from tests.pipelines.engine.stage import Stage, play

State = Literal["fired", "silent", "failed"]
JOINS = st.sampled_from([{"rule": "all_taken"}, {"rule": "any"}, {"rule": "first"}, {"rule": "k_of_n", "k": 2}])
# A `first` join stops nodes that start at the very moment it is served, before or after their call: a race by nature.
UNRACED = st.sampled_from([{"rule": "all_taken"}, {"rule": "any"}, {"rule": "k_of_n", "k": 2}])
PATIENT = st.just({"rule": "all_taken"})
ASKS = frozenset({"query", "escalate"})
"""The outputs that carry a question: an expert that is bypassed behind one has no answer to pass on."""
LATENCIES = st.sampled_from([0.0, 0.5, 1.0, 1.25, 2.0, 4.0])


@st.composite
def graphs(draw: st.DrawFn, joins: st.SearchStrategy[dict[str, object]], *, ties: bool = True) -> Pipeline:
    """Draws a pipeline of experts, cascades, merges and votes in which edges lead only forward.

    Without `ties` no two paths take the same time, so that a race has one winner.
    """
    waits = st.permutations([2.0**number for number in range(9)]) if not ties else st.lists(LATENCIES, min_size=9)
    latencies = draw(waits)
    nodes = [node("q", "query_input")]
    edges: list[Edge] = []
    outputs: list[tuple[str, str, str]] = [("q", "query", "query")]
    for number in range(draw(st.integers(1, 9))):
        node_id = f"n{number}"
        answers = [o for o in outputs if o[2] == "answer"]
        kinds = ["expert", "cascade", "merge_query", *(["merge_answer", "majority_vote"] if answers else [])]
        kind = draw(st.sampled_from(kinds))
        off = draw(st.sampled_from(["", "", "", "", "", "", "", "disabled", "bypassed", "bypassed"]))
        more = {"on_error": draw(st.sampled_from(["fail", "silent"])), **({off: True} if off else {})}
        script = f"latency={latencies[number]} logprob={draw(st.sampled_from([-0.1, -3.0]))}"
        script += " fail" if draw(st.integers(0, 5)) == 0 else ""
        if kind in ("expert", "cascade"):
            config = {"system_prompt": f"node={node_id} {script}"}
            config |= {"rule": "mean_logprob", "threshold": 0.5} if kind == "cascade" else {}
            nodes.append(node(node_id, kind, config, **more))
            source, port, _ = draw(st.sampled_from(outputs))
            edges.append(Edge(source=source, source_port=port, target=node_id, target_port="query"))
            ports = [("answer", "answer")] if kind == "expert" else [("accepted", "answer"), ("escalate", "query")]
        else:
            carried = "query" if kind == "merge_query" else "answer"
            pool = outputs if carried == "query" else answers
            chosen = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4, unique=True))
            join = draw(joins)
            if int(str(join.get("k", 1))) > len(chosen):
                join = {"rule": "all_taken"}
            real = "merge" if kind.startswith("merge") else kind
            config = {"carries": carried} if real == "merge" else {}
            nodes.append(node(node_id, real, config, join=join, **more))
            target = "values" if real == "merge" else "answers"
            edges += [Edge(source=s, source_port=p, target=node_id, target_port=target) for s, p, _ in chosen]
            ports = [(carried, carried)]
        outputs += [(node_id, name, type_name) for name, type_name in ports]
    finals = [o for o in outputs if o[2] == "answer"] or [draw(st.sampled_from(outputs))]
    chosen = draw(st.lists(st.sampled_from(finals), min_size=1, max_size=3, unique=True))
    if finals[0][2] != "answer":
        nodes.append(node("last", "expert", {"system_prompt": "node=last"}))
        edges.append(Edge(source=chosen[0][0], source_port=chosen[0][1], target="last", target_port="query"))
        chosen = [("last", "answer", "answer")]
    nodes.append(node("out", "answer_output"))
    edges += [Edge(source=s, source_port=p, target="out", target_port="answers") for s, p, _ in chosen]
    return Pipeline(nodes=tuple(nodes), edges=tuple(edges))


@dataclass(frozen=True)
class Expected:
    """Is how a node must end, and when."""

    status: str
    state: State
    at_s: float
    ports: frozenset[str] = frozenset()


def foretold(pipeline: Pipeline) -> dict[str, Expected]:
    """Returns the end of every node of a graph whose joins all wait, node by node, without concurrency."""
    ends: dict[str, Expected] = {}
    for spec in pipeline.nodes:
        ends[spec.id] = _foretold(spec, [e for e in pipeline.edges if e.target == spec.id], ends)
    return ends


def _foretold(spec: NodeSpec, edges: list[Edge], ends: dict[str, Expected]) -> Expected:
    stuck = spec.bypassed and spec.kind == "expert" and edges[0].source_port in ASKS
    if spec.disabled or stuck:
        return Expected("skipped", "silent", 0.0)
    at_s, arrived = 0.0, False
    broken: State = "failed" if spec.on_error == "fail" else "silent"
    for edge in edges:
        source = ends[edge.source]
        at_s = max(at_s, source.at_s)
        if source.state == "failed":
            return Expected("blocked", broken, at_s)
        arrived |= edge.source_port in source.ports
    if edges and not arrived:
        return Expected("skipped", "silent", at_s)
    if spec.bypassed:
        gives = {"expert": "answer", "cascade": "escalate", "majority_vote": "answer"}
        return Expected("done", "fired", at_s, frozenset({gives.get(spec.kind) or str(spec.config["carries"])}))
    script = str(spec.config.get("system_prompt", ""))
    if "fail" in script.split():
        return Expected("failed", broken, at_s)
    wishes = dict(word.split("=", 1) for word in script.split() if "=" in word)
    at_s += float(wishes.get("latency", 0))
    sure = float(wishes.get("logprob", -0.1)) > -1
    ports = {
        "query_input": {"query"},
        "expert": {"answer"},
        "cascade": {"accepted" if sure else "escalate"},
        "majority_vote": {"answer"},
        "merge": {str(spec.config.get("carries"))},
    }.get(spec.kind, {"answer"})
    return Expected("done", "fired", at_s, frozenset(ports))


async def staged(pipeline: Pipeline, flow: Flow | None = None) -> tuple[Run, Stage]:
    stage = Stage(flow=flow)
    return await stage.run(pipeline, cache=False), stage


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(PATIENT))
def test_every_node_ends_as_and_when_foretold(pipeline: Pipeline) -> None:
    run, _ = play(staged(pipeline))
    expected = foretold(pipeline)
    assert {s.node_id: s.status for s in run.spans} == {n: e.status for n, e in expected.items()}
    assert {s.node_id: round(s.start_s + s.latency_s, 6) for s in run.spans} == {n: e.at_s for n, e in expected.items()}
    assert run.latency_s == max(e.at_s for e in expected.values())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(JOINS))
def test_the_rules_of_a_run_hold_for_every_graph_and_join(pipeline: Pipeline) -> None:
    assert [p for p in find_problems(pipeline) if p.severity == "error"] == []
    run, stage = play(staged(pipeline))
    assert sorted(s.node_id for s in run.spans) == sorted(n.id for n in pipeline.nodes)
    _started_once_and_after_their_inputs(stage)
    _asked_at_most_once(stage)
    for span in run.spans:
        assert (span.error is not None) == (span.status == "failed")
        assert (span.fired is not None) == (span.status == "done")
    assert run.status in {"done", "failed", "no_answer"}
    assert (run.answer is not None) == (run.status == "done")


def _started_once_and_after_their_inputs(stage: Stage) -> None:
    begun: set[str] = set()
    ended: set[str] = set()
    for event in stage.events:
        if isinstance(event, NodeStarted):
            assert event.node_id not in begun
            begun.add(event.node_id)
        if isinstance(event, NodeFinished):
            assert event.span.node_id not in ended
            ended.add(event.span.node_id)
            if event.span.status == "done":
                sources = {origin.rpartition(".")[0] for origins in event.span.inputs.values() for origin in origins}
                assert sources <= ended


def _asked_at_most_once(stage: Stage) -> None:
    askers = [request.messages[0].content.split()[0] for request in stage.provider.asked]
    assert len(askers) == len(set(askers))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(JOINS))
def test_the_same_seed_gives_the_same_run(pipeline: Pipeline) -> None:
    (first, _), (second, _) = play(staged(pipeline)), play(staged(pipeline))
    assert _essence(first) == _essence(second)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(UNRACED, ties=False))
def test_a_batch_on_bare_asyncio_does_what_langgraph_does_node_by_node(pipeline: Pipeline) -> None:
    (watched, _), (batch, _) = play(staged(pipeline, LangGraphFlow())), play(staged(pipeline, PlainFlow()))
    assert _essence(batch) == _essence(watched)


def _essence(run: Run) -> dict[str, object]:
    spans = {s.node_id: (s.status, s.fired, s.inputs, s.start_s, s.latency_s, s.totals) for s in run.spans}
    return {"status": run.status, "answer": run.answer, "spans": spans, "totals": run.totals}

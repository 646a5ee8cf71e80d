"""Pipelines and runs that the tests of the pages show."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.run import Decision, Fired, Run, Span, Totals
from pipelines.value import Answer, Query

QUESTION = Query(text="Is it hot?")
HOT = Answer(text="Yes.", model="small")


def edge(line: str) -> Edge:
    """Returns the edge of `source.port->target.port`."""
    source, target = line.split("->")
    return Edge(
        source=source.split(".")[0],
        source_port=source.split(".")[1],
        target=target.split(".")[0],
        target_port=target.split(".")[1],
    )


def forked() -> Pipeline:
    """Returns a question that a rule sends to one of two experts."""
    branches = [{"name": "long", "condition": "length > 40"}, {"name": "short", "condition": "length > 0"}]
    return Pipeline(
        name="Forked",
        nodes=(
            NodeSpec(id="question", kind="query_input"),
            NodeSpec(id="router", kind="rule_router", title="By length", config={"branches": branches}),
            NodeSpec(id="expert_1", kind="expert", title="Long"),
            NodeSpec(id="expert_2", kind="expert", title="Short"),
            NodeSpec(id="answer", kind="answer_output"),
        ),
        edges=tuple(
            edge(line)
            for line in (
                "question.query->router.query",
                "router.long->expert_1.query",
                "router.short->expert_2.query",
                "expert_1.answer->answer.answers",
                "expert_2.answer->answer.answers",
            )
        ),
    )


def finished() -> Run:
    """Returns a run of `forked` that took the short branch."""
    decision = Decision(scores={"long": 0.0, "short": 1.0}, threshold=0.5, reason="short: length > 0")
    paid = Totals(calls=1, cost_usd=0.002, list_cost_usd=0.002, input_tokens=30, output_tokens=4)
    return Run(
        id="run-1",
        pipeline=forked(),
        query=QUESTION,
        status="done",
        answer=HOT,
        workflow="forked",
        version=1,
        totals=paid,
        latency_s=0.51,
        started_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        spans=(
            Span(node_id="question", kind="query_input", status="done", fired=Fired(ports={"query": QUESTION})),
            Span(
                node_id="router",
                kind="rule_router",
                title="By length",
                status="done",
                start_s=0.0,
                latency_s=0.01,
                inputs={"query": ("question.query",)},
                fired=Fired(ports={"short": QUESTION}, decision=decision),
                reason=decision.reason,
            ),
            Span(node_id="expert_1", kind="expert", status="skipped", start_s=0.01, reason="By length did not take it"),
            Span(
                node_id="expert_2",
                kind="expert",
                title="Short",
                status="done",
                start_s=0.01,
                latency_s=0.5,
                totals=paid,
                inputs={"query": ("router.short",)},
                fired=Fired(ports={"answer": HOT}),
            ),
            Span(
                node_id="answer",
                kind="answer_output",
                status="done",
                start_s=0.51,
                inputs={"answers": ("expert_2.answer",)},
                fired=Fired(ports={"answer": HOT}),
            ),
        ),
    )

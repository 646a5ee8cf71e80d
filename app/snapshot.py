"""Turns spans into what the canvas shows of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.canvas.protocol import EdgeStatus, NodeRun, RunSnapshot
from pipelines.document import Pipeline
from pipelines.run import Run, Span, Totals

TAIL_CHARACTERS: Final = 240
VALUE_CHARACTERS: Final = 160
ENDED_SILENT: Final = frozenset({"skipped", "failed", "blocked", "budget", "cancelled"})


def snapshot_of(run: Run) -> RunSnapshot:
    """Returns a run as the canvas shows it, from the spans known until now."""
    spans = {span.node_id: span for span in run.spans if "/" not in span.node_id}
    inner = inner_totals(run.spans)
    return RunSnapshot(
        run=run.id,
        status=run.status,
        nodes={node_id: node_run(span, inner.get(node_id, Totals())) for node_id, span in spans.items()},
        edges=edge_states(run.pipeline, spans),
        values=edge_values(run.pipeline, spans),
        cost_usd=run.totals.cost_usd,
        latency_s=run.latency_s,
    )


def node_run(span: Span, inner: Totals) -> NodeRun:
    """Returns what a finished node shows; `inner` is what its sub-pipeline used."""
    totals = span.totals + inner
    decision = span.fired.decision if span.fired else None
    values = tuple(span.fired.ports.values()) if span.fired else ()
    return NodeRun(
        status=span.status,
        cached=span.reused or (totals.calls > 0 and totals.cached_calls == totals.calls),
        pinned=span.pinned,
        cost_usd=totals.cost_usd if totals.calls else None,
        notional=totals.notional,
        latency_s=span.latency_s if span.status in ("done", "failed", "budget", "cancelled") else None,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        calls=totals.calls,
        error=span.error,
        reason=span.reason or None,
        text=values[0].as_text()[-TAIL_CHARACTERS:] if values else "",
        fired=tuple(span.fired.ports) if span.fired else (),
        scores=decision.scores if decision else {},
        threshold=decision.threshold if decision else None,
    )


def edge_states(pipeline: Pipeline, spans: Mapping[str, Span]) -> dict[str, EdgeStatus]:
    """Returns for each edge whether its value crossed it, never will, or is still open."""
    return {str(edge): _edge_state(spans.get(edge.source), edge.source_port) for edge in pipeline.edges}


def edge_values(pipeline: Pipeline, spans: Mapping[str, Span]) -> dict[str, str]:
    """Returns the beginning of what crossed each edge, as text."""
    fired = {node_id: span.fired.ports for node_id, span in spans.items() if span.fired is not None}
    crossed = {str(edge): fired.get(edge.source, {}).get(edge.source_port) for edge in pipeline.edges}
    return {name: value.as_text()[:VALUE_CHARACTERS] for name, value in crossed.items() if value is not None}


def inner_totals(spans: Iterable[Span]) -> dict[str, Totals]:
    """Returns what the nodes inside each sub-pipeline used, by the outermost node."""
    found: dict[str, Totals] = {}
    for span in spans:
        outer, inside, _ = span.node_id.partition("/")
        if inside:
            found[outer] = found.get(outer, Totals()) + span.totals
    return found


def _edge_state(span: Span | None, port: str) -> EdgeStatus:
    if span is None:
        return "idle"
    if span.status == "done" and span.fired is not None:
        return "taken" if port in span.fired.ports else "not_taken"
    return "not_taken" if span.status in ENDED_SILENT else "idle"

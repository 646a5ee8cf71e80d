"""Which outputs of an earlier run may stand in a new one."""

from __future__ import annotations

from pipelines.compare import edited_nodes
from pipelines.document import Pipeline
from pipelines.run import Fired, Run, Span


def reusable_outputs(previous: Run, pipeline: Pipeline, *, start: str | None = None) -> dict[str, Fired]:
    """Returns what nodes fired in `previous` and would fire again in `pipeline`, by node id.

    A node is done again if it is `start`, if it or its incoming edges changed since, if it did not finish, or if
    anything upstream of it is done again. One that another branch overtook stays silent again.
    """
    if start is not None:
        pipeline.node(start)
    finished = {s.node_id: s.fired for s in previous.spans if s.status == "done" and s.fired is not None}
    finished |= {s.node_id: Fired() for s in previous.spans if _overtaken(previous, s)}
    dirty = set(edited_nodes(previous.pipeline, pipeline))
    dirty |= {spec.id for spec in pipeline.nodes if spec.id == start or _failed(previous, spec.id)}
    waiting = list(dirty)
    while waiting:
        node = waiting.pop()
        behind = {edge.target for edge in pipeline.edges if edge.source == node} - dirty
        dirty |= behind
        waiting += behind
    return {
        spec.id: fired
        for spec in pipeline.nodes
        if spec.id not in dirty and (fired := finished.get(spec.id)) is not None
    }


def _failed(previous: Run, node_id: str) -> bool:
    mine = [span for span in previous.spans if span.node_id == node_id]
    return any(span.status not in ("done", "skipped") and not _overtaken(previous, span) for span in mine)


def _overtaken(previous: Run, span: Span) -> bool:
    return span.status == "cancelled" and previous.status == "done"

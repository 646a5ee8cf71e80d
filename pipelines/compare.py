"""Compares two pipelines, or two runs, node by node and edge by edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.record import Record
from pipelines.run import Run, Span, Totals

Change = Literal["added", "removed", "changed", "same"]
FIELDS: Mapping[str, str] = {
    "kind": "kind",
    "version": "schema version",
    "title": "title",
    "disabled": "disabled",
    "bypassed": "bypassed",
    "pinned": "pinned output",
    "join": "waits for",
    "on_error": "when it fails",
}
LONGEST_LIST = 6


class NodeDifference(Record):
    """Is how a node differs from its counterpart of the same id; a delta below 0 is cheaper or faster than there.

    Attributes:
        fields: what differs, as a person calls it; a field of the configuration by its own name.
    """

    change: Change
    fields: tuple[str, ...] = ()
    latency_delta_s: float | None = None
    cost_delta_usd: float | None = None

    @property
    def note(self) -> str:
        """Returns the fields as one line."""
        more = len(self.fields) - LONGEST_LIST
        return ", ".join(self.fields[:LONGEST_LIST]) + (f" and {more} more" if more > 0 else "")


class Comparison(Record):
    """Is how something new differs from something old; edges are named as `str(Edge)` names them.

    Attributes:
        removed_nodes: the nodes that only the old one has, as they were there.
        removed_edges: the edges that only the old one has.
    """

    nodes: dict[str, NodeDifference] = Field(default_factory=dict)
    edges: dict[str, Change] = Field(default_factory=dict)
    removed_nodes: tuple[NodeSpec, ...] = ()
    removed_edges: tuple[Edge, ...] = ()

    @property
    def is_same(self) -> bool:
        """Says whether nothing was added, removed or changed."""
        changes = (*(node.change for node in self.nodes.values()), *self.edges.values())
        return all(change == "same" for change in changes)


def compare_pipelines(old: Pipeline, new: Pipeline) -> Comparison:
    """Returns what was added, removed and changed from `old` to `new`; places and notes do not count."""
    before, after = {spec.id: spec for spec in old.nodes}, {spec.id: spec for spec in new.nodes}
    nodes = {node_id: _difference(before.get(node_id), spec) for node_id, spec in after.items()}
    removed = tuple(spec for spec in old.nodes if spec.id not in after)
    nodes |= {spec.id: NodeDifference(change="removed") for spec in removed}
    had, has = {str(edge) for edge in old.edges}, {str(edge) for edge in new.edges}
    edges: dict[str, Change] = {name: "same" if name in had else "added" for name in sorted(has)}
    edges |= dict.fromkeys(sorted(had - has), "removed")
    return Comparison(
        nodes=nodes,
        edges=edges,
        removed_nodes=removed,
        removed_edges=tuple(edge for edge in old.edges if str(edge) not in has),
    )


def compare_runs(old: Run, new: Run) -> Comparison:
    """Returns how the pipelines of two runs differ, what each node did otherwise, and what that meant in time and cost.

    Costs are those of the price list, so that an answer from the cache does not look like a saving.
    """
    found = compare_pipelines(old.pipeline, new.pipeline)
    before, after = _outermost(old.spans), _outermost(new.spans)
    nodes = {
        node_id: _behaviour(known, before.get(node_id, ()), after.get(node_id, ()))
        for node_id, known in found.nodes.items()
    }
    return found.model_copy(update={"nodes": nodes})


def edited_nodes(old: Pipeline, new: Pipeline) -> frozenset[str]:
    """Returns the nodes of `new` that are not in `old`, or whose configuration or incoming edges differ there."""
    before = {spec.id: spec for spec in old.nodes}
    return frozenset(
        spec.id
        for spec in new.nodes
        if spec.id not in before
        or _essence(spec) != _essence(before[spec.id])
        or _incoming(new, spec.id) != _incoming(old, spec.id)
    )


def _difference(old: NodeSpec | None, new: NodeSpec) -> NodeDifference:
    if old is None:
        return NodeDifference(change="added")
    fields = [name for field, name in FIELDS.items() if getattr(old, field) != getattr(new, field)]
    names = dict.fromkeys((*old.config, *new.config))
    fields += [name.replace("_", " ") for name in names if old.config.get(name) != new.config.get(name)]
    return NodeDifference(change="changed" if fields else "same", fields=tuple(fields))


def _behaviour(known: NodeDifference, old: tuple[Span, ...], new: tuple[Span, ...]) -> NodeDifference:
    if known.change not in ("same", "changed") or not old or not new:
        return known
    (was, *_), (now_is, *_) = old, new
    told: list[str] = []
    if was.status != now_is.status:
        told.append(f"{was.status} → {now_is.status}")
    elif _ports(was) != _ports(now_is):
        told.append(f"{_ports(was) or 'nothing'} → {_ports(now_is) or 'nothing'}")
    elif was.fired and now_is.fired and was.fired.ports != now_is.fired.ports:
        told.append("another output")
    fields = (*known.fields, *told)
    ran = all(s.status == "done" and not (s.reused or s.pinned or s.bypassed) for s in (was, now_is))
    calls = any(span.totals.calls for span in (*old, *new))
    cost = _total(new).list_cost_usd - _total(old).list_cost_usd
    return NodeDifference(
        change="changed" if fields else "same",
        fields=fields,
        latency_delta_s=now_is.latency_s - was.latency_s if ran else None,
        cost_delta_usd=cost if ran and calls else None,
    )


def _outermost(spans: Iterable[Span]) -> dict[str, tuple[Span, ...]]:
    """Returns the span of each node of the pipeline, and after it those of the nodes inside it."""
    found: dict[str, tuple[Span, ...]] = {}
    for span in sorted(spans, key=lambda span: span.node_id.count("/")):
        outer, inside, _ = span.node_id.partition("/")
        if not inside or outer in found:
            found[outer] = (*found.get(outer, ()), span)
    return found


def _total(spans: Iterable[Span]) -> Totals:
    return sum((span.totals for span in spans), Totals())


def _ports(span: Span) -> str:
    return ", ".join(sorted(span.fired.ports)) if span.fired else ""


def _essence(spec: NodeSpec) -> NodeSpec:
    return spec.model_copy(update={"title": "", "position": None})


def _incoming(pipeline: Pipeline, node_id: str) -> list[Edge]:
    return [edge for edge in pipeline.edges if edge.target == node_id]

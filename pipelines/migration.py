"""Brings drawn nodes of older schema versions to the present one: kind, configuration and ports, with their edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.node import Node, NodeChange
from pipelines.nodes import node_kinds

Kinds = Mapping[str, type[Node]]


def migrated(pipeline: Pipeline, kinds: Kinds | None = None) -> Pipeline:
    """Returns the pipeline with every node at the present version of its kind, and every edge at its present port.

    A node of an unknown kind or of a newer version stays as it is, and so does one whose configuration is not what its
    version promised, at the last version that it could be brought to: `pipelines.graph.find_problems` names it.
    """
    known = node_kinds() if kinds is None else kinds
    former = {old: kind for kind, cls in known.items() for old in cls.former_kinds}
    lifted: dict[str, NodeSpec] = {}
    taken: dict[str, list[NodeChange]] = {}
    for spec in pipeline.nodes:
        kind = spec.kind if spec.kind in known else former.get(spec.kind, spec.kind)
        named = spec if kind == spec.kind else spec.model_copy(update={"kind": kind})
        lifted[spec.id], taken[spec.id] = _lifted(named, known.get(kind))
    if all(lifted[spec.id] is spec for spec in pipeline.nodes):
        return pipeline
    # Two ports that became one may leave the same edge twice.
    edges = dict.fromkeys(_moved(edge, taken) for edge in pipeline.edges)
    return pipeline.model_copy(update={"nodes": tuple(lifted.values()), "edges": tuple(edges)})


def _lifted(spec: NodeSpec, cls: type[Node] | None) -> tuple[NodeSpec, list[NodeChange]]:
    """Returns the node at the newest version it can be brought to, and the changes on the way there."""
    taken: list[NodeChange] = []
    while cls is not None and spec.version < cls.version and spec.version in cls.changes:
        change = cls.changes[spec.version]
        try:
            config = change.config(deepcopy(spec.config))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            break
        update: dict[str, Any] = {"config": config, "version": spec.version + 1}
        if spec.pinned is not None:
            update["pinned"] = {_renamed(port, (change.outputs,)): value for port, value in spec.pinned.items()}
        spec = spec.model_copy(update=update)
        taken.append(change)
    return spec, taken


def _moved(edge: Edge, taken: Mapping[str, list[NodeChange]]) -> Edge:
    source = _renamed(edge.source_port, (change.outputs for change in taken.get(edge.source, ())))
    target = _renamed(edge.target_port, (change.inputs for change in taken.get(edge.target, ())))
    if (source, target) == (edge.source_port, edge.target_port):
        return edge
    return edge.model_copy(update={"source_port": source, "target_port": target})


def _renamed(port: str, steps: Iterable[Mapping[str, str]]) -> str:
    for names in steps:
        port = names.get(port, port)
    return port

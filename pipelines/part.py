"""Parts of a pipeline: what leads to a node, so that it can be run alone."""

from __future__ import annotations

from pipelines.document import Edge, Pipeline


def upstream_of(pipeline: Pipeline, node_id: str) -> Pipeline:
    """Returns the node with everything that leads to it, and the edges among these.

    Raises:
        DocumentError: if there is no such node.
    """
    pipeline.node(node_id)
    kept = leading_to(pipeline.edges, node_id)
    nodes = tuple(spec for spec in pipeline.nodes if spec.id in kept)
    edges = tuple(edge for edge in pipeline.edges if edge.target in kept)
    return pipeline.model_copy(update={"nodes": nodes, "edges": edges, "notes": ()})


def leading_to(edges: tuple[Edge, ...], node_id: str) -> frozenset[str]:
    """Returns the ids of a node and of everything that leads to it."""
    found, waiting = {node_id}, [node_id]
    while waiting:
        node = waiting.pop()
        before = {edge.source for edge in edges if edge.target == node} - found
        found |= before
        waiting += before
    return frozenset(found)

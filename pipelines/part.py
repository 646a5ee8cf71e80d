"""Parts of a pipeline: what leads to a node, so that it can be run alone."""

from __future__ import annotations

from pipelines.document import Pipeline


def upstream_of(pipeline: Pipeline, node_id: str) -> Pipeline:
    """Returns the node with everything that leads to it, and the edges among these.

    Raises:
        DocumentError: if there is no such node.
    """
    pipeline.node(node_id)
    kept, waiting = {node_id}, [node_id]
    while waiting:
        node = waiting.pop()
        before = {edge.source for edge in pipeline.edges if edge.target == node} - kept
        kept |= before
        waiting += before
    return restricted(pipeline, kept)


def restricted(pipeline: Pipeline, node_ids: set[str]) -> Pipeline:
    """Returns the pipeline with these nodes only, and the edges among them."""
    nodes = tuple(spec for spec in pipeline.nodes if spec.id in node_ids)
    edges = tuple(edge for edge in pipeline.edges if {edge.source, edge.target} <= node_ids)
    return pipeline.model_copy(update={"nodes": nodes, "edges": edges, "notes": ()})

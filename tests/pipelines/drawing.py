"""Draws pipelines for tests in a line a thing."""

from __future__ import annotations

from typing import Any

from pipelines.document import Edge, NodeSpec, Pipeline


def node(node_id: str, kind: str, config: dict[str, Any] | None = None, **more: Any) -> NodeSpec:
    """Returns a drawn node."""
    return NodeSpec.model_validate({"id": node_id, "kind": kind, "config": config or {}, **more})


def edge(text: str) -> Edge:
    """Returns the edge written as `a.out > b.in`."""
    source, target = (end.strip().rsplit(".", 1) for end in text.split(">"))
    return Edge(source=source[0], source_port=source[1], target=target[0], target_port=target[1])


def draw(nodes: list[NodeSpec], *edges: str, name: str = "Drawn") -> Pipeline:
    """Returns a pipeline of these nodes and edges."""
    return Pipeline(name=name, nodes=tuple(nodes), edges=tuple(edge(text) for text in edges))


def single_expert(**config: Any) -> Pipeline:
    """Returns question → expert → answer."""
    return draw(
        [node("question", "query_input"), node("expert", "expert", config), node("answer", "answer_output")],
        "question.query > expert.query",
        "expert.answer > answer.answers",
    )

"""Takes a Flowise export apart: agent flows of both generations, and chat flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.exchange.flowise_agent import AgentFlow
from pipelines.exchange.flowise_chat import ChatFlow
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.piece import Comment, Drawing, Link, Piece
from pipelines.exchange.intake.place import place_of
from pipelines.exchange.intake.untrusted import line_of, mapping_of, number_of, objects_of, text_of


def take_apart_flowise(content: Mapping[str, Any], models: ModelMatcher) -> Drawing:
    """Returns the pieces of a parsed Flowise export."""
    nodes = objects_of(content.get("nodes"))
    is_agent_flow = any(line_of(node.get("type")) in ("agentFlow", "iteration") for node in nodes)
    drawing = Drawing(
        name=line_of(content.get("name")),
        description=text_of(content.get("description")),
        scale=1.6 if is_agent_flow else 0.8,
        ends_anywhere=True,
    )
    drawing.links = [
        Link(line_of(edge.get("source")), line_of(edge.get("target")), line_of(edge.get("sourceHandle"), 500))
        for edge in objects_of(content.get("edges"))
    ]
    bodies: dict[str, Mapping[str, Any]] = {}
    for node in nodes:
        data = mapping_of(node.get("data"))
        kind = line_of(data.get("name"), 80) or "unknown"
        if kind.startswith("stickyNote"):
            drawing.comments.append(_comment(node, data))
            continue
        piece = Piece(line_of(node.get("id")), kind, line_of(data.get("label")) or kind, "left_out", "", place_of(node))
        drawing.add(piece)
        bodies.setdefault(piece.id, data)
    if is_agent_flow:
        AgentFlow(drawing, bodies, models).fill()
    else:
        ChatFlow(drawing, bodies, models, objects_of(content.get("edges"))).fill()
    return drawing


def _comment(node: Mapping[str, Any], data: Mapping[str, Any]) -> Comment:
    text = text_of(mapping_of(data.get("inputs")).get("note"))
    return Comment(text, place_of(node), number_of(node.get("width")), number_of(node.get("height")))

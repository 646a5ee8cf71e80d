"""Takes a Dify export (its DSL) apart; only prompts, names, numbers and places are read, never code or keys."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pipelines.exchange.dify_node import NodeReader
from pipelines.exchange.intake.draught import QUESTION_ID
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.piece import Comment, Drawing, Link, Piece, Ref
from pipelines.exchange.intake.place import place_of
from pipelines.exchange.intake.rich_text import text_of_tree
from pipelines.exchange.intake.setting import sampling_of, set_model
from pipelines.exchange.intake.untrusted import line_of, mapping_of, number_of, objects_of, text_of

STARTS = ("iteration-start", "loop-start")


def take_apart_dify(content: Mapping[str, Any], models: ModelMatcher) -> Drawing:
    """Returns the pieces of a parsed Dify export."""
    app = mapping_of(content.get("app"))
    drawing = Drawing(name=line_of(app.get("name")), description=text_of(app.get("description")), scale=1.1)
    graph = mapping_of(mapping_of(content.get("workflow")).get("graph"))
    if not graph:
        _take_apart_simple(drawing, mapping_of(content.get("model_config")), models)
        return drawing
    bodies: dict[str, Mapping[str, Any]] = {}
    inner: dict[str, str] = {}
    for node in objects_of(graph.get("nodes")):
        data = mapping_of(node.get("data"))
        if node.get("type") == "custom-note":
            drawing.comments.append(_comment(node, data))
            continue
        name = line_of(node.get("id"))
        kind = line_of(data.get("type"), 80) or line_of(node.get("type"), 80)
        if kind.removeprefix("custom-") in STARTS:
            inner[name] = line_of(node.get("parentId"))
        piece = Piece(name, kind, line_of(data.get("title")) or kind, "left_out", "", place_of(node))
        drawing.add(piece)
        bodies.setdefault(name, data)
    drawing.links = [
        Link(line_of(edge.get("source")), line_of(edge.get("target")), line_of(edge.get("sourceHandle")))
        for edge in objects_of(graph.get("edges"))
    ]
    _join_starts(drawing, inner)
    NodeReader(drawing, bodies, models).fill()
    return drawing


def _join_starts(drawing: Drawing, inner: Mapping[str, str]) -> None:
    """Makes the node at which the inside of an iteration starts a part of the iteration: its edges leave from there."""
    for start, outer in inner.items():
        if outer in drawing.pieces and outer not in inner:
            del drawing.pieces[start]
            drawing.links = [
                Link(outer, link.target, link.handle) if link.source == start else link for link in drawing.links
            ]


def _take_apart_simple(drawing: Drawing, config: Mapping[str, Any], models: ModelMatcher) -> None:
    """Reads an app that is one prompt and one model."""
    model = mapping_of(config.get("model"))
    expert = Piece("model_config", "chat", drawing.name or "Expert", "expert", "expert")
    set_model(expert, models, model.get("provider"), model.get("name"))
    expert.config["sampling"] = sampling_of(mapping_of(model.get("completion_params")))
    opened = re.split(r"\{\{\s*(\w{1,64})\s*\}\}", text_of(config.get("pre_prompt")))
    expert.system = ("".join(opened).strip(),) if len(opened) == 1 else ()
    if len(opened) > 1:
        named = [part if number % 2 == 0 else f"[{part}]" for number, part in enumerate(opened)]
        expert.system = ("".join(named).strip(),)
        expert.remarks.append("Its prompt names variables of a form, which stand in brackets now.")
    if mapping_of(mapping_of(config.get("dataset_configs")).get("datasets")).get("datasets"):
        expert.remarks.append("Its knowledge is not in the file; add a Retriever with a document set.")
    if objects_of(mapping_of(config.get("agent_mode")).get("tools")):
        expert.remarks.append("Its tools are left out.")
    expert.prompt = (Ref(QUESTION_ID),)
    drawing.add(expert)
    drawing.ends_anywhere = True


def _comment(node: Mapping[str, Any], data: Mapping[str, Any]) -> Comment:
    raw = data.get("text")
    try:
        text = text_of_tree(mapping_of(json.loads(raw)).get("root")) if isinstance(raw, str) else ""
    except (ValueError, RecursionError):
        text = text_of(raw)
    width = number_of(data.get("width") or node.get("width"))
    return Comment(text.strip(), place_of(node), width, number_of(data.get("height") or node.get("height")))

"""Small pipelines as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def node(node_id: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"id": node_id, "kind": kind, "config": config}


def edge(source: str, target: str) -> dict[str, str]:
    (a, out), (b, into) = source.split("."), target.split(".")
    return {"source": a, "source_port": out, "target": b, "target_port": into}


def document(nodes: list[dict[str, Any]], edges: list[dict[str, str]], name: str = "Test") -> dict[str, Any]:
    return {"schema_version": 1, "name": name, "nodes": nodes, "edges": edges}


def single(model: str | None = None, name: str = "Single") -> dict[str, Any]:
    """Question, one expert, answer."""
    return document(
        [node("question", "query_input"), node("expert", "expert", model=model), node("out", "answer_output")],
        [edge("question.query", "expert.query"), edge("expert.answer", "out.answers")],
        name,
    )


def routed() -> dict[str, Any]:
    """Two experts behind a router by rules: long questions to one, all others to the other."""
    router = node(
        "router",
        "rule_router",
        branches=[{"name": "long", "condition": "length > 40"}, {"name": "short", "condition": "length <= 40"}],
        default="short",
    )
    return document(
        [
            node("question", "query_input"),
            router,
            node("big", "expert"),
            node("small", "expert"),
            node("out", "answer_output"),
        ],
        [
            edge("question.query", "router.query"),
            edge("router.long", "big.query"),
            edge("router.short", "small.query"),
            edge("big.answer", "out.answers"),
            edge("small.answer", "out.answers"),
        ],
        "Routed",
    )


def chain() -> dict[str, Any]:
    """Two experts one behind the other."""
    return document(
        [
            node("question", "query_input"),
            node("first", "expert"),
            node("second", "expert"),
            node("out", "answer_output"),
        ],
        [
            edge("question.query", "first.query"),
            edge("first.answer", "second.query"),
            edge("second.answer", "out.answers"),
        ],
        "Chain",
    )


def looped() -> dict[str, Any]:
    """Two experts that wait for each other."""
    return document(
        [
            node("question", "query_input"),
            node("a", "expert"),
            node("b", "expert"),
            node("odd", "no_such_kind"),
            node("out", "answer_output"),
        ],
        [edge("a.answer", "b.query"), edge("b.answer", "a.query"), edge("b.answer", "out.answers")],
        "Looped",
    )


def write(path: Path, content: dict[str, Any]) -> str:
    path.write_text(json.dumps(content))
    return str(path)

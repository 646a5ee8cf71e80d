"""Draws a pipeline as Mermaid text, for pages and terminals that cannot show the canvas."""

from __future__ import annotations

from pipelines.document import NodeSpec, Pipeline
from pipelines.nodes import node_kinds

_SHAPES = {
    "input": ("([", "])"),
    "router": ("{", "}"),
    "retrieval": ("[(", ")]"),
    "check": ("{{", "}}"),
    "aggregator": ("[[", "]]"),
    "output": ("([", "])"),
}
_RECTANGLE = ("[", "]")
_PLAIN = frozenset(" .,:-_+*/=?!")


def mermaid(pipeline: Pipeline) -> str:
    """Returns a Mermaid flowchart; text of the pipeline is escaped, so that it can only ever be a label."""
    names = {spec.id: f"n{place}" for place, spec in enumerate(pipeline.nodes, start=1)}
    lines = ["flowchart LR"]
    lines += [f"    {names[spec.id]}{_card(spec)}" for spec in pipeline.nodes]
    for edge in pipeline.edges:
        if edge.source in names and edge.target in names:
            label = _escaped(edge.source_port)
            lines.append(f'    {names[edge.source]} -->|"{label}"| {names[edge.target]}')
    disabled = [names[spec.id] for spec in pipeline.nodes if spec.disabled]
    if disabled:
        lines.append("    classDef disabled stroke-dasharray: 4 4,opacity: 0.5")
        lines.append(f"    class {','.join(disabled)} disabled")
    bypassed = [names[spec.id] for spec in pipeline.nodes if spec.bypassed]
    if bypassed:
        lines.append("    classDef bypassed stroke-dasharray: 1 4")
        lines.append(f"    class {','.join(bypassed)} bypassed")
    return "\n".join(lines) + "\n"


def _card(spec: NodeSpec) -> str:
    kind = node_kinds().get(spec.kind)
    opening, closing = _SHAPES.get(kind.group, _RECTANGLE) if kind else _RECTANGLE
    title = spec.title or (kind.title if kind else spec.id)
    known = kind.title if kind else f"unknown kind {spec.kind}"
    label = _escaped(title) if title == known else f"{_escaped(title)}<br/>{_escaped(known)}"
    return f'{opening}"{label}{"<br/>bypassed" if spec.bypassed else ""}"{closing}'


def _escaped(text: str) -> str:
    """Returns the text with every character that means something to Mermaid or HTML as a Mermaid entity code."""
    flat = " ".join(text.split()) or " "
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in flat)

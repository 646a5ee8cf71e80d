"""Draws a pipeline as a small picture: boxes by group and the wires between them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

from pipelines.document import NodeSpec, Pipeline
from pipelines.nodes import node_kinds

WIDTH: Final = 360
HEIGHT: Final = 150
BOX: Final = (92.0, 34.0)
GAP: Final = (50.0, 16.0)
MARGIN: Final = 14.0
MAX_NODES: Final = 60
MAX_TITLE: Final = 13
COLOURS: Final[Mapping[str, str]] = {
    "input": "#2563eb",
    "router": "#7c3aed",
    "expert": "#059669",
    "retrieval": "#b45309",
    "check": "#dc2626",
    "aggregator": "#0e7490",
    "output": "#475569",
}
UNKNOWN: Final = "#64748b"
Place = tuple[float, float]


def thumbnail(pipeline: Pipeline) -> str:
    """Returns the picture as SVG; every text of the document in it is escaped and cut short."""
    nodes = pipeline.nodes[:MAX_NODES]
    places = _places(nodes, pipeline)
    right = max((x + BOX[0] for x, _ in places.values()), default=BOX[0])
    bottom = max((y + BOX[1] for _, y in places.values()), default=BOX[1])
    scale = min((WIDTH - 2 * MARGIN) / right, (HEIGHT - 2 * MARGIN) / bottom, 1.0)
    left, top = (WIDTH - right * scale) / 2, (HEIGHT - bottom * scale) / 2
    wires = [_wire(places[e.source], places[e.target]) for e in pipeline.edges if {e.source, e.target} <= places.keys()]
    boxes = [_box(spec, places[spec.id]) for spec in nodes]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{2 * HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#94a3b8" fill-opacity="0.10"/>'
        f'<g transform="translate({left:.1f} {top:.1f}) scale({scale:.3f})">{"".join(wires)}{"".join(boxes)}</g></svg>'
    )


def _places(nodes: tuple[NodeSpec, ...], pipeline: Pipeline) -> dict[str, Place]:
    """Returns the place of each node, from (0, 0): by the depth of its longest path from a start, and in order."""
    depths = _depths([spec.id for spec in nodes], pipeline)
    columns: dict[int, list[str]] = {}
    for node_id, depth in depths.items():
        columns.setdefault(depth, []).append(node_id)
    tallest = max((len(column) for column in columns.values()), default=1)
    step_x, step_y = BOX[0] + GAP[0], BOX[1] + GAP[1]
    return {
        node_id: (depth * step_x, (row + (tallest - len(column)) / 2) * step_y)
        for depth, column in columns.items()
        for row, node_id in enumerate(column)
    }


def _depths(ids: list[str], pipeline: Pipeline) -> dict[str, int]:
    depths = dict.fromkeys(ids, 0)
    edges = [edge for edge in pipeline.edges if edge.source in depths and edge.target in depths]
    # A drawn loop would push its nodes on for ever; no longest path has more steps than there are nodes.
    for _ in range(len(ids)):
        deeper = {e.target: depths[e.source] + 1 for e in edges if depths[e.target] <= depths[e.source] < len(ids) - 1}
        if not deeper:
            break
        depths.update(deeper)
    return depths


def _wire(source: Place, target: Place) -> str:
    (x1, y1), (x2, y2) = (source[0] + BOX[0], source[1] + BOX[1] / 2), (target[0], target[1] + BOX[1] / 2)
    bend = max(20.0, (x2 - x1) / 2)
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return f'<path d="{path}" fill="none" stroke="#94a3b8" stroke-width="2"/>'


def _box(spec: NodeSpec, place: Place) -> str:
    cls = node_kinds().get(spec.kind)
    colour = COLOURS.get(cls.group, UNKNOWN) if cls else UNKNOWN
    named = spec.title or (cls.title if cls else spec.kind)
    title = "".join(sign for sign in named if sign.isprintable())
    title = title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}…"
    x, y = place
    faded = ' opacity="0.4"' if spec.disabled else ""
    return (
        f"<g{faded}>"
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BOX[0]:.0f}" height="{BOX[1]:.0f}" rx="7" fill="{colour}"/>'
        f'<text x="{x + BOX[0] / 2:.1f}" y="{y + BOX[1] / 2 + 4:.1f}" text-anchor="middle" font-size="11.5" '
        f'font-family="sans-serif" font-weight="600" fill="#ffffff">{escape(title)}</text></g>'
    )

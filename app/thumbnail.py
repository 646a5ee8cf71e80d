"""Draws a pipeline as a small picture: boxes by group and the wires between them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from pipelines.document import NodeSpec, Pipeline
from pipelines.exchange.sketch import GROUP_COLOURS, UNKNOWN, Place, curve, layered, one_line
from pipelines.nodes import node_kinds

WIDTH: Final = 360
HEIGHT: Final = 150
BOX: Final = (92.0, 34.0)
GAP: Final = (26.0, 14.0)
MARGIN: Final = 14.0
BOW: Final = 44.0
MAX_NODES: Final = 60
MAX_TITLE: Final = 13


def thumbnail(pipeline: Pipeline) -> str:
    """Returns the picture as SVG; every text of the document in it is escaped and cut short."""
    nodes = pipeline.nodes[:MAX_NODES]
    places = layered([spec.id for spec in nodes], pipeline.edges, (BOX[0] + GAP[0], BOX[1] + GAP[1]))
    right = max((x + BOX[0] for x, _ in places.values()), default=BOX[0])
    bottom = max((y + BOX[1] for _, y in places.values()), default=BOX[1])
    scale = min((WIDTH - 2 * MARGIN) / right, (HEIGHT - 2 * MARGIN) / bottom, 1.0)
    left, top = (WIDTH - right * scale) / 2, (HEIGHT - bottom * scale) / 2
    ends = [(places[e.source], places[e.target]) for e in pipeline.edges if {e.source, e.target} <= places.keys()]
    wires = [_wire(source, target, _is_hidden(source, target, places.values())) for source, target in ends]
    boxes = [_box(spec, places[spec.id]) for spec in nodes]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{2 * HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#94a3b8" fill-opacity="0.10"/>'
        f'<g transform="translate({left:.1f} {top:.1f}) scale({scale:.3f})">{"".join(wires)}{"".join(boxes)}</g></svg>'
    )


def _is_hidden(source: Place, target: Place, places: Iterable[Place]) -> bool:
    """Says whether a straight wire would run behind a box."""
    return source[1] == target[1] and any(y == source[1] and source[0] < x < target[0] for x, y in places)


def _wire(source: Place, target: Place, bowed: bool) -> str:
    points = curve((source[0] + BOX[0], source[1] + BOX[1] / 2), (target[0], target[1] + BOX[1] / 2))
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = points
    if bowed:
        x2, x3, y2, y3 = x1, x4, y2 - BOW, y3 - BOW
    path = f"M{x1:.1f} {y1:.1f}C{x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f} {x4:.1f} {y4:.1f}"
    return f'<path d="{path}" fill="none" stroke="#94a3b8" stroke-width="2"/>'


def _box(spec: NodeSpec, place: Place) -> str:
    cls = node_kinds().get(spec.kind)
    colour, _ = GROUP_COLOURS.get(cls.group, UNKNOWN) if cls else UNKNOWN
    named = spec.title or (cls.title if cls else spec.kind)
    title = one_line(named, MAX_TITLE)
    x, y = place
    faded = ' opacity="0.4"' if spec.disabled else ""
    through = ' fill-opacity="0.6" stroke="#475569" stroke-width="2" stroke-dasharray="4 4"' if spec.bypassed else ""
    return (
        f"<g{faded}>"
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BOX[0]:.0f}" height="{BOX[1]:.0f}" rx="7" fill="{colour}"{through}/>'
        f'<text x="{x + BOX[0] / 2:.1f}" y="{y + BOX[1] / 2 + 4:.1f}" text-anchor="middle" font-size="11" '
        f'font-family="sans-serif" font-weight="600" fill="#ffffff">{escape(title)}</text></g>'
    )

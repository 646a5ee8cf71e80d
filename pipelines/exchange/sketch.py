"""Where everything stands on a picture of a pipeline, whatever format it is then drawn in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.nodes import node_kinds
from pipelines.plan import build_node
from pipelines.value import VALUE_TYPES, Value

Colours = tuple[str, str]
"""The same colour for a light and for a dark ground."""
Place = tuple[float, float]

CARD_WIDTH: Final = 210.0
CARD_HEIGHT: Final = 58.0
GAP: Final = (90.0, 42.0)
MARGIN: Final = 32.0
PORT_STEP: Final = 18.0
UNKNOWN: Final[Colours] = ("#64748b", "#94a3b8")
GROUP_COLOURS: Final[Mapping[str, Colours]] = {
    "input": ("#2563eb", "#60a5fa"),
    "router": ("#7c3aed", "#a78bfa"),
    "expert": ("#059669", "#34d399"),
    "retrieval": ("#b45309", "#fbbf24"),
    "check": ("#dc2626", "#f87171"),
    "aggregator": ("#0e7490", "#22d3ee"),
    "output": ("#475569", "#94a3b8"),
}


@dataclass(frozen=True, slots=True)
class Dot:
    """Is a port on the edge of a card."""

    x: float
    y: float
    colours: Colours


@dataclass(frozen=True, slots=True)
class Card:
    """Is a node on the picture; the subtitle is empty where it would repeat the title and the node is not bypassed."""

    x: float
    y: float
    height: float
    title: str
    subtitle: str
    colours: Colours
    is_disabled: bool
    is_bypassed: bool
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Wire:
    """Is an edge on the picture: a curve by its four points, with a label where the node has several outputs."""

    points: tuple[Place, Place, Place, Place]
    colours: Colours
    label: str


@dataclass(frozen=True, slots=True)
class Slip:
    """Is a note on the picture."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """Is a whole picture, from (0, 0) to its width and height in pixels."""

    width: float
    height: float
    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    slips: tuple[Slip, ...]


def sketch(pipeline: Pipeline) -> Sketch:
    """Returns the picture of a pipeline: as it was laid out, or in layers where a node has no position."""
    drafts = {spec.id: _Draft(spec, pipeline) for spec in pipeline.nodes}
    places = _drawn_places(pipeline) or layered(
        [spec.id for spec in pipeline.nodes],
        pipeline.edges,
        (CARD_WIDTH + GAP[0], max([CARD_HEIGHT, *(draft.height for draft in drafts.values())]) + GAP[1]),
    )
    slips = [Slip(n.position.x, n.position.y, n.width, n.height, n.text) for n in pipeline.notes]
    corners = [*places.values(), *((slip.x, slip.y) for slip in slips)] or [(0.0, 0.0)]
    left, top = min(x for x, _ in corners) - MARGIN, min(y for _, y in corners) - MARGIN
    cards = [drafts[node_id].card(x - left, y - top) for node_id, (x, y) in places.items()]
    slips = [Slip(slip.x - left, slip.y - top, slip.width, slip.height, slip.text) for slip in slips]
    ends = {node_id: (x - left, y - top) for node_id, (x, y) in places.items()}
    wires = [_wire(e, drafts, ends) for e in pipeline.edges if {e.source, e.target} <= drafts.keys()]
    right = [card.x + CARD_WIDTH for card in cards] + [slip.x + slip.width for slip in slips]
    bottom = [card.y + card.height for card in cards] + [slip.y + slip.height for slip in slips]
    width, height = max(right, default=MARGIN) + MARGIN, max(bottom, default=MARGIN) + MARGIN
    return Sketch(width, height, tuple(cards), tuple(wires), tuple(slips))


def layered(ids: Sequence[str], edges: Iterable[Edge], step: Place) -> dict[str, Place]:
    """Returns the place of each node, from (0, 0): by the depth of its longest path from a start, and in order."""
    known = set(ids)
    depths = _depths(ids, [edge for edge in edges if edge.source in known and edge.target in known])
    columns: dict[int, list[str]] = {}
    for node_id, depth in depths.items():
        columns.setdefault(depth, []).append(node_id)
    tallest = max((len(column) for column in columns.values()), default=1)
    return {
        node_id: (depth * step[0], (row + (tallest - len(column)) / 2) * step[1])
        for depth, column in columns.items()
        for row, node_id in enumerate(column)
    }


def curve(source: Place, target: Place) -> tuple[Place, Place, Place, Place]:
    """Returns the four points of the curve from an output to an input."""
    (x1, y1), (x2, y2) = source, target
    bend = max(20.0, abs(x2 - x1) / 2)
    return (x1, y1), (x1 + bend, y1), (x2 - bend, y2), (x2, y2)


def one_line(text: str, length: int) -> str:
    """Returns a text without control characters on one line, cut short where it is longer."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def _depths(ids: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    depths = dict.fromkeys(ids, 0)
    # A drawn loop would push its nodes on for ever; no longest path has more steps than there are nodes.
    for _ in range(len(ids)):
        deeper = {e.target: depths[e.source] + 1 for e in edges if depths[e.target] <= depths[e.source] < len(ids) - 1}
        if not deeper:
            break
        depths.update(deeper)
    return depths


def _drawn_places(pipeline: Pipeline) -> dict[str, Place]:
    places = {spec.id: (spec.position.x, spec.position.y) for spec in pipeline.nodes if spec.position is not None}
    return places if len(places) == len(pipeline.nodes) else {}


class _Draft:
    """Knows the ports of a node, those that only the edges tell of too."""

    def __init__(self, spec: NodeSpec, pipeline: Pipeline) -> None:
        self.spec = spec
        self.inputs: dict[str, str] = {}
        self.outputs: dict[str, str] = {}
        try:
            node = build_node(spec)
            self.inputs |= {port.name: port.type for port in node.input_ports()}
            self.outputs |= {port.name: port.type for port in node.output_ports()}
        except (KeyError, ValidationError):
            pass
        for edge in pipeline.edges:
            if edge.target == spec.id:
                self.inputs.setdefault(edge.target_port, "")
            if edge.source == spec.id:
                self.outputs.setdefault(edge.source_port, "")
        rows = max(len(self.inputs), len(self.outputs), 1)
        self.height = max(CARD_HEIGHT, PORT_STEP * rows + 12)

    def end(self, port: str, *, is_output: bool) -> Place:
        """Returns the place of a port, from the corner of the card."""
        names = list(self.outputs if is_output else self.inputs)
        part = self.height / (len(names) + 1)
        return (CARD_WIDTH if is_output else 0.0), part * (names.index(port) + 1)

    def card(self, x: float, y: float) -> Card:
        cls = node_kinds().get(self.spec.kind)
        kind = cls.title if cls else self.spec.kind
        title = self.spec.title or kind
        dots = []
        for ports, is_output in ((self.inputs, False), (self.outputs, True)):
            for name, type_name in ports.items():
                dx, dy = self.end(name, is_output=is_output)
                dots.append(Dot(x + dx, y + dy, colours_of(type_name)))
        return Card(
            x,
            y,
            self.height,
            one_line(title, 24),
            one_line(self._subtitle(title, kind), 30),
            GROUP_COLOURS.get(cls.group, UNKNOWN) if cls else UNKNOWN,
            self.spec.disabled,
            self.spec.bypassed,
            tuple(dots),
        )

    def _subtitle(self, title: str, kind: str) -> str:
        if self.spec.bypassed:
            return "bypassed" if title == kind else f"bypassed · {kind}"
        return "" if title == kind else kind


def colours_of(type_name: str) -> Colours:
    """Returns the colours of a port type, grey for an unknown one."""
    found: type[Value] | None = VALUE_TYPES.get(type_name)
    return found.colours if found else UNKNOWN


def _wire(edge: Edge, drafts: Mapping[str, _Draft], ends: Mapping[str, Place]) -> Wire:
    source, target = drafts[edge.source], drafts[edge.target]
    (x1, y1), (dx1, dy1) = ends[edge.source], source.end(edge.source_port, is_output=True)
    (x2, y2), (dx2, dy2) = ends[edge.target], target.end(edge.target_port, is_output=False)
    label = one_line(edge.source_port, 18) if len(source.outputs) > 1 else ""
    return Wire(curve((x1 + dx1, y1 + dy1), (x2 + dx2, y2 + dy2)), colours_of(source.outputs[edge.source_port]), label)

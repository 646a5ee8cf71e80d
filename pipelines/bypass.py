"""What a bypassed node passes on: the one rule that the engine, the check, the export and the canvas follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.document import Edge
from pipelines.node import Port
from pipelines.value import is_compatible


@dataclass(frozen=True, slots=True)
class Detour:
    """Is the way around a bypassed node.

    Attributes:
        output: the one output that fires.
        edges: the edges that may feed it, those of the first input first; the first value that arrives is passed on.
    """

    output: Port
    edges: tuple[Edge, ...]


def find_detour(inputs: Sequence[Port], outputs: Sequence[Port], arriving: Mapping[Edge, str]) -> Detour | None:
    """Returns the way around a node, or None where none of its outputs takes what arrives.

    `arriving` holds the incoming edges with the type of what they carry. It leads to the first output, those that only
    inform left out, that takes an input by the type of its port; else to the first that takes what an edge carries, so
    that an expert behind an expert passes on the answer before it.
    """
    ways = [(port, edge) for port in inputs for edge in arriving if edge.target_port == port.name]
    for by_port in (True, False):
        for output in (port for port in outputs if port.required):
            edges = tuple(
                edge
                for port, edge in ways
                if is_compatible(arriving[edge], output.type) and (not by_port or is_compatible(port.type, output.type))
            )
            if edges:
                return Detour(output, edges)
    return None

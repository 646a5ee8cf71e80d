"""Finds for each node of a file on which outputs the question reaches it."""

from __future__ import annotations

from collections import defaultdict, deque

from pipelines.exchange.intake.piece import Drawing, Link, Piece

Gate = tuple[str, str]
"""A question or a router of the file, and the output port here on which it sends the question on."""


def gates_of(drawing: Drawing) -> dict[str, frozenset[Gate]]:
    """Returns for each piece the gates whose question reaches it, through whatever lies between; maybe none."""
    outgoing: dict[str, list[Link]] = defaultdict(list)
    for link in drawing.links:
        if link.source in drawing.pieces and link.target in drawing.pieces:
            outgoing[link.source].append(link)
    gates: dict[str, frozenset[Gate]] = dict.fromkeys(drawing.pieces, frozenset())
    waiting = deque(drawing.pieces)
    while waiting:
        source = drawing.pieces[waiting.popleft()]
        for link in outgoing[source.id]:
            reached = gates[link.target] | gates_behind(source, link.handle, gates[source.id])
            if reached != gates[link.target]:
                gates[link.target] = reached
                waiting.append(link.target)
    return gates


def gates_behind(source: Piece, handle: str, before: frozenset[Gate]) -> frozenset[Gate]:
    """Returns the gates that a node opens on one of its branches; most only pass on those `before` them."""
    if source.role == "question":
        return frozenset({(source.id, "query")})
    if source.role == "router":
        return frozenset({(source.id, source.branches[handle])} if handle in source.branches else ())
    return frozenset() if source.role == "model" else before

"""Finds for each node of a file on which outputs the question reaches it."""

from __future__ import annotations

from collections import defaultdict, deque

from pipelines.error import DocumentError
from pipelines.exchange.intake.piece import Drawing, Link, Piece

Gate = tuple[str, str]
"""A question or a router of the file, and the output port here on which it sends the question on."""


MAX_GATES = 200


def gates_of(drawing: Drawing) -> dict[str, frozenset[Gate]]:
    """Returns for each piece the gates whose question reaches it, through whatever lies between; maybe none.

    Raises:
        DocumentError: if more branches come together in one node than anybody would draw.
    """
    outgoing: dict[str, list[Link]] = defaultdict(list)
    for link in drawing.links:
        if link.source in drawing.pieces and link.target in drawing.pieces:
            outgoing[link.source].append(link)
    # Sets of gates are kept as the bits of whole numbers: a file may be made to have very many.
    numbers: dict[Gate, int] = {}
    masks = dict.fromkeys(drawing.pieces, 0)
    waiting = deque(drawing.pieces)
    while waiting:
        source = drawing.pieces[waiting.popleft()]
        for link in outgoing[source.id]:
            opened = gates_behind(source, link.handle)
            behind = masks[source.id] if opened is None else _mask(opened, numbers)
            if behind | masks[link.target] != masks[link.target]:
                masks[link.target] |= behind
                waiting.append(link.target)
    return {name: _gates(mask, list(numbers), drawing.pieces[name]) for name, mask in masks.items()}


def _mask(gates: frozenset[Gate], numbers: dict[Gate, int]) -> int:
    return sum(1 << numbers.setdefault(gate, len(numbers)) for gate in gates)


def _gates(mask: int, gates: list[Gate], piece: Piece) -> frozenset[Gate]:
    if mask.bit_count() > MAX_GATES:
        raise DocumentError(f"In '{piece.title}' {mask.bit_count():,} branches meet; at most {MAX_GATES} can.")
    found = set()
    while mask:
        lowest = mask & -mask
        found.add(gates[lowest.bit_length() - 1])
        mask ^= lowest
    return frozenset(found)


def gates_behind(source: Piece, handle: str) -> frozenset[Gate] | None:
    """Returns the gates that a node opens on one of its branches, or None where it passes on those before it."""
    if source.role == "question":
        return frozenset({(source.id, "query")})
    if source.role == "router":
        return frozenset({(source.id, source.branches[handle])} if handle in source.branches else ())
    return frozenset() if source.role == "model" else None

"""Writes out the texts that stand between prompts, so that a prompt refers to drawn nodes only."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.document import MAX_BYTES
from pipelines.error import DocumentError
from pipelines.exchange.intake.piece import Open, Part, Piece, Prompt, Ref

MAX_PARTS = 100_000
MAX_STEPS = 20


class Expander:
    """Writes out texts and aliases; remembers which node used which, and how much was written in all."""

    def __init__(self, pieces: Mapping[str, Piece]) -> None:
        """Takes the nodes of the file."""
        self._pieces = pieces
        self._parts = 0
        self._characters = 0
        self.used: set[tuple[str, str]] = set()
        """Pairs of nodes of the file: the first gave its value to the second."""

    def expanded(self, prompt: Prompt, user: str, depth: int = 0) -> list[Part]:
        """Returns the parts with every reference to a text or an alias replaced by what stands there.

        Raises:
            DocumentError: if the texts refer to each other so often that they would grow out of hand.
        """
        found: list[Part] = []
        for part in prompt:
            self._count(part)
            found += self._written_out(part, user, depth) if isinstance(part, Ref) else [part]
        return found

    def target(self, ref: Ref | None, user: str) -> Piece | None:
        """Returns the drawn piece behind a reference, past aliases and texts that hold one reference only."""
        drawn = [part for part in self.expanded((ref,), user) if isinstance(part, Ref)] if ref else []
        return self._pieces[drawn[0].piece] if drawn else None

    def _written_out(self, ref: Ref, user: str, depth: int) -> list[Part]:
        piece = self._pieces.get(ref.piece)
        if piece is None or piece.role in ("left_out", "model", "answer") or piece.id == user or depth > MAX_STEPS:
            return [Open(piece.title or piece.kind if piece else ref.piece)]
        self.used.add((piece.id, user))
        if piece.role == "text":
            return self.expanded(piece.prompt, piece.id, depth + 1)
        if piece.role == "alias":
            return self.expanded(piece.sources[:1] or (Open(piece.title),), piece.id, depth + 1)
        return [ref]

    def _count(self, part: Part) -> None:
        self._parts += 1
        self._characters += len(part) if isinstance(part, str) else 0
        if self._parts > MAX_PARTS or self._characters > MAX_BYTES:
            raise DocumentError("The prompts in the file refer to each other so often that they grow out of hand.")

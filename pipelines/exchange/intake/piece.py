"""The parts that the files of other studios are taken apart into, before a pipeline is drawn of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["question", "model", "text", "alias", "expert", "router", "retriever", "merge", "answer", "left_out"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Names the piece whose output stands here."""

    piece: str


@dataclass(frozen=True, slots=True)
class Open:
    """Names a value of the other studio that nothing here gives; it becomes an input without an edge."""

    name: str


Part = str | Ref | Open
Prompt = tuple[Part, ...]


@dataclass(slots=True)
class Piece:
    """Is one node of a file.

    `question`, `expert`, `router`, `retriever`, `merge` and `answer` are drawn. A `text` is written into the prompts
    that refer to it, a `model` into the experts that use it, and an `alias` stands for its one source.

    Attributes:
        id, kind, title, position: as the file has them.
        role: what becomes of it.
        draws: the node kind here, for a role that is drawn.
        config: the configuration of that node, without prompts.
        system, prompt: what an expert is told, or the text of a `text`.
        subject: what a router or retriever works on where that is not the question.
        documents: where an expert's documents come from.
        choice: the model router whose choice an expert takes.
        sources: what a merge, an answer or an alias takes.
        users: the ids of what uses a `model`.
        branches: handle in the file to output port here.
        remarks: what is different here.
        reason: why it was left out.
        origin: the node of the file that it is a part of, where it is not one itself.
    """

    id: str
    kind: str
    title: str
    role: Role
    draws: str = ""
    position: tuple[float, float] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    system: Prompt = ()
    prompt: Prompt = ()
    subject: Ref | None = None
    documents: Ref | None = None
    choice: Ref | None = None
    sources: Prompt = ()
    users: list[str] = field(default_factory=list)
    branches: Mapping[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    reason: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Is one edge of a file: the branch `handle` of one node leads to another."""

    source: str
    target: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """Is a sticky note."""

    text: str
    position: tuple[float, float] | None
    width: float | None = None
    height: float | None = None


@dataclass(slots=True)
class Drawing:
    """Is a file taken apart: its nodes by id, its edges, its notes."""

    name: str
    description: str = ""
    pieces: dict[str, Piece] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    scale: float = 1.0
    """How many pixels here one pixel of the file is."""
    ends_anywhere: bool = False
    """Whether what leads nowhere is an answer, as in studios that have no node for the end."""

    def add(self, piece: Piece) -> None:
        """Adds a node; of two with the same id the first stays."""
        self.pieces.setdefault(piece.id, piece)

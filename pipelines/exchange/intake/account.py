"""Turns a draught into a pipeline, and accounts for every node and edge of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipelines.document import MAX_NODES, NodeSpec, Note, Pipeline, Position, load_pipeline
from pipelines.error import DocumentError
from pipelines.exchange.intake.draught import QUESTION_ID, Draught, Output
from pipelines.exchange.intake.gate import gates_behind
from pipelines.exchange.intake.naming import node_id
from pipelines.exchange.intake.piece import Drawing, Link, Piece
from pipelines.exchange.intake.report import (
    FORMAT_TITLES,
    Format,
    Imported,
    ImportReport,
    LeftOutEdge,
    LeftOutNode,
    MappedNode,
)
from pipelines.nodes import node_kinds

UNUSED = {
    "text": "No prompt here uses its text; a text has no node of its own.",
    "model": "No expert here uses it; a model has no node of its own.",
    "alias": "Nothing here uses what it gives.",
}
FAR = 1e6
NOTE_CHARACTERS = 20_000
GAP = 330.0


def imported(drawing: Drawing, source: Format) -> Imported:
    """Returns the pipeline that a file taken apart becomes, with the report; the pipeline passes `load_pipeline`.

    Raises:
        DocumentError: if it would be too large.
    """
    return _Account(drawing, source).result()


class _Account:
    def __init__(self, drawing: Drawing, source: Format) -> None:
        self.drawing = drawing
        self.source = source
        self.draught = Draught(drawing)
        self._set_unused_aside()
        self.ends = self._ends()
        self.shift = self._shift()
        self.users: dict[str, list[str]] = defaultdict(list)
        for giver, user in sorted(self.draught.expander.used):
            self.users[giver].append(user)
        self.parts: dict[str, list[Piece]] = defaultdict(list)
        for piece in drawing.pieces.values():
            self.parts[piece.origin].append(piece)
        self.feeders: dict[str, set[str]] = defaultdict(set)
        for edge in self.draught.edges:
            self.feeders[edge.target].add(edge.source)

    def result(self) -> Imported:
        report = self._report()
        nodes = tuple(self._nodes())
        if len(nodes) > MAX_NODES:
            raise DocumentError(
                f"The file would become {len(nodes):,} nodes; a pipeline may have at most {MAX_NODES:,}."
            )
        pipeline = Pipeline(
            name=self.drawing.name[:200] or f"Imported from {FORMAT_TITLES[self.source]}",
            description=self.drawing.description[:5_000],
            nodes=nodes,
            edges=tuple(self.draught.edges),
            notes=tuple(self._notes(report))[-MAX_NODES:],
        )
        return Imported(pipeline=load_pipeline(pipeline.to_json()), report=report)

    def _set_unused_aside(self) -> None:
        givers = {giver for giver, _ in self.draught.expander.used}
        for piece in self.drawing.pieces.values():
            if piece.role in UNUSED and piece.id not in givers:
                piece.reason = UNUSED[piece.role]
                piece.role = "left_out"

    def _ends(self) -> tuple[str, ...]:
        """Draws edges from every answer that leads nowhere to one Answer, if one is needed; returns its id."""
        pieces = self.drawing.pieces.values()
        if not self.drawing.ends_anywhere and any(piece.role == "answer" for piece in pieces):
            return ()
        left = {edge.source for edge in self.draught.edges}
        loose = [
            output
            for piece in pieces
            if piece.role in ("expert", "merge") and self.draught.ids[piece.id] not in left
            for output in (self.draught.output(piece),)
            if output.type == "answer"
        ]
        if not loose:
            return ()
        end = node_id("Answer", "answer", {*self.draught.ids.values(), *self.draught.merges})
        for output in loose:
            self.draught.wire(Output(*output), end, "answers")
        return (end,)

    def _shift(self) -> tuple[float, float]:
        places = [piece.position for piece in self.drawing.pieces.values() if piece.position]
        places += [comment.position for comment in self.drawing.comments if comment.position]
        return (min((x for x, _ in places), default=0.0), min((y for _, y in places), default=0.0))

    def _place(self, position: tuple[float, float] | None) -> Position | None:
        if position is None:
            return None
        x, y = ((value - low) * self.drawing.scale for value, low in zip(position, self.shift, strict=True))
        return Position(x=round(max(-FAR, min(FAR, x)), 1), y=round(max(-FAR, min(FAR, y)), 1))

    def _nodes(self) -> Iterator[NodeSpec]:
        kinds = node_kinds()
        right = max((piece.position[0] for piece in self.drawing.pieces.values() if piece.position), default=None)
        edge_of_file = None if right is None else (right + GAP / self.drawing.scale, self.shift[1])
        for piece in self.drawing.pieces.values():
            if piece.id in self.draught.ids:
                kind = kinds[piece.draws]
                left = self.shift[0] - GAP / self.drawing.scale
                first = (left, self.shift[1]) if right is not None else None
                yield NodeSpec(
                    id=self.draught.ids[piece.id],
                    kind=kind.kind,
                    version=kind.version,
                    title="" if piece.title == kind.title else piece.title[:200],
                    config=self.draught.configs[piece.id],
                    position=self._place(first if piece.id == QUESTION_ID else piece.position),
                )
        for merge in self.draught.merges:
            merge_kind = kinds["merge"]
            yield NodeSpec(
                id=merge,
                kind="merge",
                version=merge_kind.version,
                config={"carries": "query"},
                position=self._place(self._before(merge)),
            )
        for end in self.ends:
            version = kinds["answer_output"].version
            yield NodeSpec(id=end, kind="answer_output", version=version, position=self._place(edge_of_file))

    def _before(self, merge: str) -> tuple[float, float] | None:
        """Returns a place in the file a little to the left of what a merge leads to."""
        targets = {edge.target for edge in self.draught.edges if edge.source == merge}
        for piece in self.drawing.pieces.values():
            if self.draught.ids.get(piece.id) in targets and piece.position:
                return (piece.position[0] - 0.5 * GAP / self.drawing.scale, piece.position[1])
        return None

    def _notes(self, report: ImportReport) -> Iterator[Note]:
        for number, comment in enumerate(self.drawing.comments, start=1):
            yield Note(
                id=f"note-{number}",
                text=comment.text[:NOTE_CHARACTERS],
                position=self._place(comment.position) or Position(x=0, y=-GAP),
                width=_within(comment.width, self.drawing.scale, 240),
                height=_within(comment.height, self.drawing.scale, 120),
            )
        sentences = "\n".join(f"- {sentence}" for sentence in report.sentences())
        text = f"Imported from {FORMAT_TITLES[self.source]}.\n\n{sentences}".strip()
        yield Note(id="import", text=text[:NOTE_CHARACTERS], position=Position(x=0, y=-GAP), width=480, height=240)

    def _report(self) -> ImportReport:
        whole: list[MappedNode] = []
        partly: list[MappedNode] = []
        left_out: list[LeftOutNode] = []
        for piece in self.drawing.pieces.values():
            if piece.origin or piece.id == QUESTION_ID:
                continue
            if piece.role == "left_out":
                reason = piece.reason or "It has no counterpart here."
                left_out.append(LeftOutNode(node=piece.id, kind=piece.kind, title=piece.title, reason=reason))
                continue
            parts = [piece, *self.parts[piece.id]]
            remarks = tuple(dict.fromkeys(remark for part in parts for remark in part.remarks))
            became = tuple(sorted({node for part in parts for node in self._became(part.id)}))
            mapped = MappedNode(node=piece.id, kind=piece.kind, title=piece.title, became=became, remarks=remarks)
            (partly if remarks else whole).append(mapped)
        added = [*self.draught.merges, *self.ends]
        added += [self.draught.ids[QUESTION_ID]] if QUESTION_ID in self.draught.ids else []
        return ImportReport(
            format=self.source,
            mapped=tuple(whole),
            partly=tuple(partly),
            left_out=tuple(left_out),
            edges_left_out=tuple(self._left_out_edges()),
            added=tuple(added),
        )

    def _became(self, piece: str) -> Iterator[str]:
        """Yields the nodes here that hold what a node of the file held: itself, or those it was written into."""
        seen = {piece}
        waiting = [piece]
        while waiting:
            name = waiting.pop()
            if name in self.draught.ids:
                yield self.draught.ids[name]
                continue
            new = [user for user in self.users[name] if user not in seen]
            seen.update(new)
            waiting += new

    def _left_out_edges(self) -> Iterator[LeftOutEdge]:
        for link in self.drawing.links:
            reason = self._loss(link)
            if reason:
                yield LeftOutEdge(source=link.source, target=link.target, reason=reason)

    def _loss(self, link: Link) -> str | None:
        """Returns why no edge here stands for an edge of the file, or None where one does."""
        pieces = self.drawing.pieces
        for end in (link.source, link.target):
            if end not in pieces:
                return f"It joins the node '{end}', which the file does not hold."
            if pieces[end].role == "left_out":
                return f"'{pieces[end].title or end}' was left out."
        source, target = pieces[link.source], pieces[link.target]
        if (source.id, target.id) in self.draught.expander.used:
            return None
        if source.role in ("question", "router"):
            return self._branch_loss(source, target, link.handle)
        if source.role in ("text", "alias", "model"):
            return None
        return f"'{target.title}' uses nothing that '{source.title}' gives, so it does not wait for it."

    def _branch_loss(self, source: Piece, target: Piece, handle: str) -> str | None:
        if not gates_behind(source, handle):
            return f"'{source.title}' has no branch '{handle[:60]}'."
        if target.role in ("text", "alias"):
            return None
        sources = self.feeders[self.draught.ids.get(target.id, "")]
        if self.draught.ids[source.id] in sources or sources & self.draught.merges.keys():
            return None
        return f"The question goes no further: '{target.title}' takes answers."


def _within(size: float | None, scale: float, usual: float) -> float:
    return usual if size is None else max(40.0, min(5_000.0, size * scale))

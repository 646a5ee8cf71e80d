"""Draws a pipeline of the pieces of a file: nodes, the question's way through them, and what each takes from others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pipelines.document import MAX_EDGES, Edge
from pipelines.error import DocumentError
from pipelines.exchange.intake.gate import Gate, gates_of
from pipelines.exchange.intake.naming import node_id, port_name
from pipelines.exchange.intake.piece import Drawing, Open, Part, Piece, Ref
from pipelines.exchange.intake.prompt_parts import Expander
from pipelines.exchange.intake.prompt_text import Slot, template_of

RESERVED = frozenset({"query", "documents", "tags", "language", "choice", "models", "extras"})
DRAWN = frozenset({"question", "expert", "router", "retriever", "merge", "answer"})
QUESTION_ID = "#question"
LONGEST_PROMPT = 40_000
"""Less than a prompt may have, so that both parts of one and their escapes fit in."""


class Output(NamedTuple):
    """Is an output port of a node here, with the name of its value type."""

    node: str
    port: str
    type: str


class Draught:
    """Holds the nodes and edges drawn so far.

    Attributes:
        drawing: the file, its question added where it had none.
        question: where the question enters.
        expander: writes out texts and remembers who used what.
        gates: the gates whose question reaches each piece, by the id in the file.
        ids: node id here by the id in the file.
        configs: configuration by the id in the file.
        edges: the edges here, in order.
        merges: the nodes here that bring the question together where it comes from several branches, by id.
    """

    def __init__(self, drawing: Drawing) -> None:
        """Draws the file.

        Raises:
            DocumentError: if its prompts grow out of hand.
        """
        self.drawing = drawing
        questions = [piece for piece in drawing.pieces.values() if piece.role == "question"]
        if not questions:
            questions = [Piece(id=QUESTION_ID, kind="", title="Question", role="question", draws="query_input")]
            drawing.add(questions[0])
        self.question = questions[0]
        self.expander = Expander(drawing.pieces)
        for piece in drawing.pieces.values():
            if piece.role == "model":
                self.expander.used |= {(piece.id, user) for user in piece.users}
        self.gates = gates_of(drawing)
        self.ids: dict[str, str] = {}
        for piece in drawing.pieces.values():
            if piece.role in DRAWN:
                self.ids[piece.id] = node_id(piece.title, piece.kind, self.ids.values())
        self.configs: dict[str, dict[str, Any]] = {}
        self.edges: dict[Edge, None] = {}
        self.merges: dict[str, frozenset[Gate]] = {}
        self._carried: dict[str, str] = {}
        for piece in list(drawing.pieces.values()):
            if piece.role in DRAWN:
                self._draw(piece)

    def _draw(self, piece: Piece) -> None:
        self.configs[piece.id] = dict(piece.config)
        if piece.role == "expert":
            self._wire_question(piece)
            if piece.draws == "expert":
                self._draw_prompts(piece)
            if piece.choice is not None and piece.choice.piece in self.ids:
                self.wire(Output(self.ids[piece.choice.piece], "choice", "model"), self.ids[piece.id], "choice")
        elif piece.role in ("router", "retriever"):
            self._wire_subject(piece)
        elif piece.role == "merge":
            self._draw_merge(piece)
        elif piece.role == "answer":
            self._draw_answer(piece)

    def wire(self, output: Output, target: str, port: str) -> None:
        """Draws an edge between nodes here.

        Raises:
            DocumentError: if there are too many already.
        """
        if len(self.edges) >= MAX_EDGES:
            raise DocumentError(f"The file would become more than {MAX_EDGES:,} edges, which is too much.")
        self.edges[Edge(source=output.node, source_port=output.port, target=target, target_port=port)] = None

    def output(self, piece: Piece) -> Output:
        """Returns where the value of a piece comes out; that of a router is the question it works on."""
        if piece.role == "expert":
            return Output(self.ids[piece.id], "answer", "answer")
        if piece.role == "retriever":
            return Output(self.ids[piece.id], "documents", "documents")
        if piece.role == "merge":
            kind = self._carries(piece)
            return Output(self.ids[piece.id], kind, kind)
        return Output(self.ids[self.question.id], "query", "query")

    def _carries(self, merge: Piece) -> str:
        """Returns the value type of a merge: that of its first source; a merge that feeds itself carries answers."""
        passed: dict[str, None] = {}
        kind, piece = "answer", merge
        while piece.id not in self._carried and piece.id not in passed:
            if piece.role != "merge":
                kind = self.output(piece).type
                break
            passed[piece.id] = None
            refs = [part for part in self.expander.expanded(piece.sources, piece.id) if isinstance(part, Ref)]
            if not refs:
                break
            piece = self.drawing.pieces[refs[0].piece]
        self._carried |= dict.fromkeys(passed, self._carried.get(piece.id, kind))
        return self._carried[merge.id]

    def _outputs(self, piece: Piece) -> Iterable[Output]:
        """Yields where the sources of a piece come out; what stands around them is left behind."""
        parts = self.expander.expanded(piece.sources, piece.id)
        refs = [part for part in parts if isinstance(part, Ref)]
        if refs and any(isinstance(part, str) and part.strip() for part in parts):
            piece.remarks.append("The text around the values is left out; only the values go on.")
        for ref in refs:
            yield self.output(self.drawing.pieces[ref.piece])

    def _gate(self, piece: Piece) -> Output:
        """Returns where the question for a piece comes from; several branches are brought together first."""
        gates = self.gates[piece.id] or frozenset({(self.question.id, "query")})
        if len(gates) > 1 and self._waits_anyway(piece):
            return Output(self.ids[self.question.id], "query", "query")
        if len(gates) == 1:
            source, port = next(iter(gates))
            return Output(self.ids[source], port, "query")
        for merge, merged in self.merges.items():
            if merged == gates:
                return Output(merge, "query", "query")
        merge = node_id("one of the branches", "merge", {*self.ids.values(), *self.merges})
        self.merges[merge] = gates
        for source, port in sorted(gates):
            self.wire(Output(self.ids[source], port, "query"), merge, "values")
        return Output(merge, "query", "query")

    def _waits_anyway(self, piece: Piece) -> bool:
        """Says whether an expert needs an answer that comes on the same branches, so that it may have the question."""
        parts = self.expander.expanded((*piece.system, *piece.prompt), piece.id) if piece.draws == "expert" else []
        needed = [self.drawing.pieces[part.piece] for part in parts if isinstance(part, Ref)]
        return any(p.role in ("expert", "merge") and self.gates[p.id] == self.gates[piece.id] for p in needed)

    def brings_question(self, piece: Piece) -> bool:
        """Says whether what reaches a piece as its question is the question, and not an answer a router looked at."""
        if len(self.gates[piece.id]) > 1 and self._waits_anyway(piece):
            return True
        for source, _ in self.gates[piece.id]:
            router = self.drawing.pieces[source]
            looked_at = self.expander.target(router.subject, router.id) if router.role == "router" else None
            if looked_at is not None and looked_at.role in ("expert", "merge"):
                return False
        return True

    def _wire_question(self, piece: Piece) -> None:
        self.wire(self._gate(piece), self.ids[piece.id], "query")

    def _wire_subject(self, piece: Piece) -> None:
        subject = self.expander.target(piece.subject, piece.id)
        output = self.output(subject) if subject and subject.role in ("expert", "retriever", "merge") else None
        if output is not None and output.type == "answer":
            self.wire(output, self.ids[piece.id], "query")
            if piece.role == "router":
                piece.remarks.append("It looks at an answer here, so its branches carry that answer on.")
            return
        if piece.subject is not None and (subject is None or output is not None):
            piece.remarks.append("It looked at a value that has no counterpart; here it looks at the question.")
        self._wire_question(piece)

    def _draw_prompts(self, piece: Piece) -> None:
        system = self.expander.expanded(piece.system, piece.id)
        prompt = self.expander.expanded(piece.prompt, piece.id)
        system, prompt = (self._cut(piece, parts) for parts in (system, prompt))
        if any(not isinstance(part, str) for part in system):
            prompt = [*system, "\n\n", *prompt]
            system = []
            piece.remarks.append("Its system prompt names variables, so it stands in the prompt.")
        if not any(not isinstance(part, str) for part in prompt):
            if any(isinstance(part, str) and part.strip() for part in prompt):
                piece.remarks.append("Its prompt did not name the question, which is put below it.")
                prompt = [*prompt, "\n\n"]
            prompt = [*prompt, Ref(self.question.id)]
        writer = _PromptWriter(self, piece)
        slots = [writer.slot(part) for part in prompt]
        slots += writer.documents()
        config = self.configs[piece.id]
        config["system_prompt"] = "".join(part for part in system if isinstance(part, str)).strip()
        config["prompt_template"] = template_of(slots)

    def _cut(self, piece: Piece, parts: list[Part]) -> list[Part]:
        """Returns the beginning of a text that is longer than a prompt here may be."""
        kept: list[Part] = []
        room = LONGEST_PROMPT
        for part in parts:
            if room <= 0:
                piece.remarks.append(f"Its prompt was cut to {LONGEST_PROMPT:,} characters.")
                break
            kept.append(part[:room] if isinstance(part, str) else part)
            room -= len(part) if isinstance(part, str) else 20
        return kept

    def _draw_merge(self, piece: Piece) -> None:
        kind = self._carries(piece)
        self.configs[piece.id]["carries"] = kind
        for output in self._outputs(piece):
            if output.type == kind:
                self.wire(output, self.ids[piece.id], "values")
            else:
                piece.remarks.append(f"A Merge carries one kind of value, here {kind}; a {output.type} was left out.")

    def _draw_answer(self, piece: Piece) -> None:
        outputs = [output for output in self._outputs(piece) if output.type == "answer"]
        for output in outputs:
            self.wire(output, self.ids[piece.id], "answers")
        if not outputs:
            piece.role = "left_out"
            piece.reason = "It gives no answer of a model: a fixed text, or a value that an Answer here does not take."
            del self.ids[piece.id], self.configs[piece.id]
        elif len(outputs) > 1:
            piece.remarks.append("It joined several texts; an Answer here gives the first that comes.")


class _PromptWriter:
    """Gives each thing that a prompt names a placeholder, and draws the edge that fills it."""

    def __init__(self, draught: Draught, piece: Piece) -> None:
        self._draught = draught
        self._piece = piece
        self._id = draught.ids[piece.id]
        self._names: dict[Part, str] = {}
        self._document_source: Output | None = None
        self._has_question = draught.brings_question(piece)

    def slot(self, part: Part) -> str | Slot:
        if isinstance(part, str):
            return part
        if part not in self._names:
            self._names[part] = self._opened(part) if isinstance(part, Open) else self._wired(part)
        return (self._names[part],)

    def documents(self) -> list[str | Slot]:
        """Returns what the prompt must name so that the documents of the piece reach the model; mostly nothing."""
        source = self._draught.expander.target(self._piece.documents, self._piece.id)
        if source is None:
            if self._piece.documents is not None:
                self._piece.remarks.append("Its documents came from something that has no counterpart.")
            return []
        if self._draught.output(source).type == "documents" and self._document_source is None:
            self._take_documents(self._draught.output(source))
            return []
        return ["\n\n", self.slot(Ref(source.id))] if Ref(source.id) not in self._names else []

    def _opened(self, part: Open) -> str:
        name = self._free(part.name)
        self._piece.remarks.append(
            f"It names '{part.name}', which nothing here gives: wire the input '{name}' or take it out of the prompt."
        )
        return name

    def _wired(self, part: Ref) -> str:
        piece = self._draught.drawing.pieces[part.piece]
        output = self._draught.output(piece)
        if output.type == "query" and piece.role != "merge" and self._has_question:
            return "query"
        if output.type == "documents" and self._document_source in (None, output):
            self._take_documents(output)
            return "documents"
        name = self._free("question" if output.type == "query" else piece.title)
        self._draught.wire(output, self._id, name)
        return name

    def _take_documents(self, output: Output) -> None:
        self._document_source = output
        self._draught.wire(output, self._id, "documents")

    def _free(self, title: str) -> str:
        return port_name(title, "input", {*RESERVED, *self._names.values()})

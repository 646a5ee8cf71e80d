"""Reads the nodes of a Dify workflow, whose edges say what comes after what and whose selectors name values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.exchange.intake.comparison import comparison, joined
from pipelines.exchange.intake.draught import QUESTION_ID
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.piece import Drawing, Open, Part, Piece, Prompt, Ref
from pipelines.exchange.intake.setting import Option, route_by_model, route_by_rule, sampling_of, set_model
from pipelines.exchange.intake.untrusted import line_of, list_of, mapping_of, number_of, objects_of, text_of

REASONS = {
    "code": "Nodes here run no code.",
    "http-request": "Nodes here call no services.",
    "tool": "Nodes here call no tools.",
    "assigner": "A pipeline here has no variables besides what its edges carry.",
    "loop": "A pipeline here has no loops.",
    "loop-end": "A pipeline here has no loops.",
    "document-extractor": "Add its documents as a document set, or attach them to the question.",
    "list-operator": "Values here are texts, not lists.",
}
MAIN_VARIABLES = ("query", "question", "input", "text", "content")
TEXT_TYPES = ("paragraph", "text-input", "string")
_VARIABLE = re.compile(r"\{\{#([^#{}]{1,300})#\}\}")
_JINJA = re.compile(r"\{\{\s*(\w{1,64})\s*\}\}")
_SCHEMA_TYPES = {"string": "string", "select": "string", "number": "number", "bool": "boolean", "boolean": "boolean"}


class NodeReader:
    """Fills the pieces of a workflow."""

    def __init__(self, drawing: Drawing, bodies: Mapping[str, Mapping[str, Any]], models: ModelMatcher) -> None:
        """Takes the pieces with nothing but their names, and the `data` of each node by id."""
        self.drawing = drawing
        self.bodies = bodies
        self.models = models
        starts = [piece.id for piece in drawing.pieces.values() if piece.kind == "start"]
        self.start = starts[0] if starts else QUESTION_ID
        self.main = self._main_variable()

    def fill(self) -> None:
        """Decides what becomes of each piece."""
        readers = {
            "start": self._start,
            "llm": self._llm,
            "agent": self._agent,
            "parameter-extractor": self._extractor,
            "knowledge-retrieval": self._retriever,
            "question-classifier": self._classifier,
            "if-else": self._condition,
            "variable-aggregator": self._aggregator,
            "variable-assigner": self._aggregator,
            "template-transform": self._template,
            "iteration": self._iteration,
            "answer": self._answer,
            "end": self._end,
        }
        for piece in self.drawing.pieces.values():
            read = readers.get(piece.kind)
            if read is None:
                piece.reason = REASONS.get(piece.kind, "It has no counterpart here.")
            else:
                read(piece, self.bodies[piece.id])

    def _main_variable(self) -> str:
        """Returns the input of the workflow that is the question here: one with a telling name, or the first text."""
        rows = objects_of(self.bodies.get(self.start, {}).get("variables"))
        texts = [line_of(row.get("variable"), 60) for row in rows if row.get("type") in TEXT_TYPES]
        return next((name for name in texts if name.lower() in MAIN_VARIABLES), texts[0] if texts else "")

    def _start(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "question", "query_input"
        names = [line_of(row.get("variable"), 60) for row in objects_of(data.get("variables"))]
        rest = [name for name in names if name and name != self.main]
        if rest:
            asked = f"'{self.main}' is the question; " if self.main else ""
            piece.remarks.append(
                f"A pipeline here asks one thing: {asked}{', '.join(rest[:20])} must come another way."
            )

    def _llm(self, piece: Piece, data: Mapping[str, Any]) -> None:
        self._expert(piece, mapping_of(data.get("model")))
        context = mapping_of(data.get("context"))
        source = self._selected(context.get("variable_selector")) if context.get("enabled") is True else None
        raw = data.get("prompt_template")
        messages = [mapping_of(raw)] if isinstance(raw, dict) else objects_of(raw)
        system: list[Part] = []
        prompt: list[Part] = []
        for message in messages:
            role = message.get("role", "user")
            parts = self._parts(message.get("text"), source)
            if role == "system":
                system += ["\n\n", *parts] if system else parts
            else:
                prompt += [*(["\n\n"] if prompt else []), *(["Assistant: "] if role == "assistant" else []), *parts]
        memory = self._parts(mapping_of(data.get("memory")).get("query_prompt_template"), source)
        if data.get("memory"):
            prompt += [*(["\n\n"] if prompt else []), *(memory or (Ref(self.start),))]
        piece.system, piece.prompt = tuple(system), tuple(prompt)
        if isinstance(source, Ref) and source not in (*system, *prompt):
            piece.documents = source
        if mapping_of(data.get("vision")).get("enabled") is True:
            piece.remarks.append("It saw pictures; here it reads text only.")
        schema = mapping_of(mapping_of(data.get("structured_output")).get("schema"))
        if schema and data.get("structured_output_enabled") is True:
            piece.remarks.append("Its JSON schema is left out; write it into the expert.")

    def _expert(self, piece: Piece, model: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "expert", "expert"
        set_model(piece, self.models, model.get("provider"), model.get("name") or model.get("model"))
        piece.config["sampling"] = sampling_of(mapping_of(model.get("completion_params")))

    def _agent(self, piece: Piece, data: Mapping[str, Any]) -> None:
        given = mapping_of(data.get("agent_parameters"))
        values = {name: mapping_of(value).get("value") for name, value in given.items()}
        self._expert(piece, mapping_of(values.get("model")))
        piece.system = self._parts(values.get("instruction"))
        piece.prompt = self._parts(values.get("query"))
        piece.remarks.append("It was an agent; here it answers in one go, without tools.")

    def _extractor(self, piece: Piece, data: Mapping[str, Any]) -> None:
        self._expert(piece, mapping_of(data.get("model")))
        piece.system = (*self._parts(data.get("instruction")), "\n\nAnswer with the values as JSON.")
        piece.prompt = (self._selected(data.get("query")),)
        properties: dict[str, Any] = {}
        required: list[str] = []
        for row in objects_of(data.get("parameters")):
            name, kind = line_of(row.get("name"), 60), line_of(row.get("type"), 30)
            schema: dict[str, Any] = {"description": text_of(row.get("description"))}
            if kind in _SCHEMA_TYPES:
                schema["type"] = _SCHEMA_TYPES[kind]
            elif kind.startswith("array"):
                schema["type"] = "array"
            properties[name] = schema
            required += [name] if row.get("required") is True else []
        if properties:
            piece.config["response_schema"] = {"type": "object", "properties": properties, "required": required}
        piece.remarks.append("Its values are one JSON text here; whoever used one of them gets all.")

    def _retriever(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "retriever", "retriever"
        piece.subject = _reference(self._selected(data.get("query_variable_selector")))
        top_k = number_of(mapping_of(data.get("multiple_retrieval_config")).get("top_k"))
        if top_k is not None and 1 <= top_k <= 100:
            piece.config["top_k"] = int(top_k)
        piece.remarks.append("Its knowledge is not in the file; choose a document set.")

    def _classifier(self, piece: Piece, data: Mapping[str, Any]) -> None:
        rows = objects_of(data.get("classes"))
        options = [
            Option(line_of(row.get("id")), line_of(row.get("name"), 60), text_of(row.get("name"))) for row in rows
        ]
        route_by_model(piece, options)
        model = mapping_of(data.get("model"))
        set_model(piece, self.models, model.get("provider"), model.get("name"))
        instruction = text_of(data.get("instruction") or data.get("instructions"))
        piece.config["instruction"] = _VARIABLE.sub("the question", instruction)
        piece.subject = _reference(self._selected(data.get("query_variable_selector")))

    def _condition(self, piece: Piece, data: Mapping[str, Any]) -> None:
        cases = objects_of(data.get("cases")) or [{**data, "case_id": "true"}]
        rows = [row for case in cases for row in objects_of(case.get("conditions"))]
        subjects = [self._selected(row.get("variable_selector")) for row in rows]
        piece.subject = next((subject for subject in subjects if isinstance(subject, Ref)), None)
        route_by_rule(piece, [self._case(piece, case) for case in cases], "false")

    def _case(self, piece: Piece, case: Mapping[str, Any]) -> Option:
        operator = line_of(case.get("logical_operator"), 5) or "and"
        written: list[str] = []
        said: list[str] = []
        rows = objects_of(case.get("conditions"))
        for row in rows:
            value, sign = text_of(row.get("value")), line_of(row.get("comparison_operator"), 40)
            selector = [line_of(part, 60) for part in list_of(row.get("variable_selector"))]
            said.append(" ".join((".".join(selector), sign, value)).strip())
            about = self._selected(row.get("variable_selector"))
            fits = isinstance(about, Ref) and about == piece.subject and not _VARIABLE.search(value)
            condition = comparison(sign, value) if fits else None
            written += [condition] if condition is not None else []
        whole = joined(written, operator) if len(written) == len(rows) else None
        handle = line_of(case.get("case_id")) or line_of(case.get("id"))
        name = text_of(rows[0].get("value"))[:40] if len(rows) == 1 else f"case_{handle[:8]}"
        return Option(handle, name or f"case_{handle[:8]}", condition=whole, said=f" {operator} ".join(said))

    def _aggregator(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "merge", "merge"
        settings = mapping_of(data.get("advanced_settings"))
        groups = objects_of(settings.get("groups")) if settings.get("group_enabled") is True else []
        selectors = list_of(groups[0].get("variables") if groups else data.get("variables"))
        found = [self._selected(selector) for selector in selectors]
        piece.sources = tuple(part for part in found if isinstance(part, Ref))
        if len(groups) > 1:
            piece.remarks.append("Only its first group is here; add a Merge for each of the others.")
        if len(piece.sources) < len(found):
            piece.remarks.append("It also took values that have no counterpart.")

    def _template(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role = "text"
        rows = objects_of(data.get("variables"))
        values = {line_of(row.get("variable"), 60): self._selected(row.get("value_selector")) for row in rows}
        template = text_of(data.get("template"))
        pieces = _JINJA.split(template)
        piece.prompt = tuple(
            part if number % 2 == 0 else values.get(part, Open(part)) for number, part in enumerate(pieces) if part
        )
        if "{%" in template:
            piece.remarks.append("The logic of its template is not carried out: it stands in the prompt as text.")

    def _iteration(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role = "alias"
        output = self._selected(data.get("output_selector"))
        piece.sources = (output,) if isinstance(output, Ref) and output.piece != piece.id else ()
        piece.remarks.append("What is inside it runs once, on the whole list, and not for each item.")

    def _answer(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "answer", "answer_output"
        piece.sources = self._parts(data.get("answer"))

    def _end(self, piece: Piece, data: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "answer", "answer_output"
        found = [self._selected(row.get("value_selector")) for row in objects_of(data.get("outputs"))]
        piece.sources = tuple(part for part in found if isinstance(part, Ref))

    def _parts(self, value: object, context: Part | None = None) -> Prompt:
        """Returns a text with its variables; `context` is what the documents of the node are."""
        parts: list[Part] = []
        for number, piece in enumerate(_VARIABLE.split(text_of(value))):
            if number % 2 == 0:
                parts += [piece] if piece else []
            elif piece == "context":
                parts.append(context or Open("context"))
            else:
                parts.append(self._selected(piece.split(".")))
        return tuple(parts)

    def _selected(self, selector: object) -> Part:
        """Returns what a selector, a node and the name of its value, stands for."""
        names = [line_of(part, 60) for part in list_of(selector)]
        if len(names) < 2:
            return Open(names[0] if names else "a value")
        owner, name = names[0], names[1]
        if (owner, name) == ("sys", "query") or (owner == self.start and name == self.main):
            return Ref(self.start)
        if owner == self.start or owner not in self.drawing.pieces:
            return Open(name)
        if self.drawing.pieces[owner].kind == "iteration" and name == "item":
            inner = list_of(self.bodies[owner].get("iterator_selector"))
            return Open(name) if inner[:1] == [owner] else self._outer(inner, name)
        return Ref(owner)

    def _outer(self, selector: list[Any], name: str) -> Part:
        """Returns the list that an iteration goes through; one inside another is not followed further."""
        owner = line_of(selector[0], 60) if selector else ""
        nested = owner in self.drawing.pieces and self.drawing.pieces[owner].kind == "iteration"
        return Open(name) if nested or not owner else self._selected(selector)


def _reference(part: Part) -> Ref | None:
    return part if isinstance(part, Ref) else None

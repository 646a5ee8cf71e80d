"""Reads the nodes of a Flowise agent flow, whose edges say what comes after what and whose texts name values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pipelines.exchange.intake.comparison import comparison
from pipelines.exchange.intake.draught import QUESTION_ID
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.piece import Drawing, Link, Open, Part, Piece, Prompt, Ref
from pipelines.exchange.intake.rich_text import plain_text
from pipelines.exchange.intake.setting import Option, route_by_model, route_by_rule, sampling_of, set_model
from pipelines.exchange.intake.untrusted import line_of, mapping_of, objects_of, text_of

REASONS = {
    "loopAgentflow": "A pipeline here has no loops.",
    "iterationAgentflow": "A pipeline here has no loops; run it over a data set instead.",
    "humanInputAgentflow": "A run here does not wait for a person.",
    "httpAgentflow": "Nodes here call no services.",
    "toolAgentflow": "Nodes here call no tools.",
    "customFunctionAgentflow": "Nodes here run no code.",
}
_VARIABLE = re.compile(r"\{\{([^{}]{1,300})\}\}")
_SCHEMA_TYPES = {"string": "string", "number": "number", "boolean": "boolean", "enum": "string"}


class AgentFlow:
    """Fills the pieces of an agent flow."""

    def __init__(self, drawing: Drawing, bodies: Mapping[str, Mapping[str, Any]], models: ModelMatcher) -> None:
        """Takes the pieces with nothing but their names, and the `data` of each node by id."""
        self.drawing = drawing
        self.inputs = {name: mapping_of(data.get("inputs")) for name, data in bodies.items()}
        self.models = models
        starts = [piece.id for piece in drawing.pieces.values() if piece.kind == "startAgentflow"]
        self.question = Ref(starts[0] if starts else QUESTION_ID)
        self.before: dict[str, list[str]] = defaultdict(list)
        for link in drawing.links:
            self.before[link.target].append(link.source)
        self.setters = self._setters()
        self.reader = ""
        rows = objects_of(self.inputs.get(self.question.piece, {}).get("formInputTypes"))
        asked = (line_of(row.get("name"), 60) for row in rows if row.get("type") == "string")
        self.form_field = next(asked, "")

    def fill(self) -> None:
        """Decides what becomes of each piece."""
        for piece in list(self.drawing.pieces.values()):
            inputs = self.inputs[piece.id]
            self.reader = piece.id
            if piece.kind == "startAgentflow":
                piece.role, piece.draws = "question", "query_input"
                if inputs.get("startInputType") == "formInput":
                    piece.remarks.append("Its form is one question here.")
            elif piece.kind in ("llmAgentflow", "agentAgentflow"):
                self._expert(piece, inputs, piece.kind.removesuffix("Agentflow"))
            elif piece.kind == "conditionAgentAgentflow":
                self._classifier(piece, inputs)
            elif piece.kind == "conditionAgentflow":
                self._condition(piece, inputs)
            elif piece.kind == "retrieverAgentflow":
                self._retriever(piece, objects_of(inputs.get("retrieverKnowledgeDocumentStores")))
                piece.subject = _only_ref(self._parts(inputs.get("retrieverQuery")))
            elif piece.kind == "directReplyAgentflow":
                piece.role, piece.draws = "answer", "answer_output"
                piece.sources = self._parts(inputs.get("directReplyMessage"))
            elif piece.kind == "executeFlowAgentflow":
                piece.role, piece.draws = "expert", "sub_pipeline"
                piece.remarks.append("Import the flow it runs too, and choose it here.")
            else:
                piece.reason = REASONS.get(piece.kind, "It has no counterpart here.")

    def _expert(self, piece: Piece, inputs: Mapping[str, Any], prefix: str) -> None:
        piece.role, piece.draws = "expert", "expert"
        self._set_model(piece, inputs, prefix)
        system: list[Part] = []
        prompt: list[Part] = []
        for message in objects_of(inputs.get(f"{prefix}Messages")):
            parts = self._parts(message.get("content"))
            is_system = message.get("role") in ("system", "developer")
            target = system if is_system else prompt
            target += ["\n\n", *parts] if target else parts
        own = self._parts(inputs.get(f"{prefix}UserMessage"))
        piece.system = tuple(system)
        piece.prompt = (*prompt, *(["\n\n"] if prompt and own else []), *own) or self._conversation(
            piece, inputs, prefix
        )
        self._set_schema(piece, objects_of(inputs.get(f"{prefix}StructuredOutput")))
        if prefix == "agent":
            self._set_tools(piece, inputs)

    def _conversation(self, piece: Piece, inputs: Mapping[str, Any], prefix: str) -> Prompt:
        """Returns the question and, with memory on, what the node before answered: the end of the conversation."""
        prompt: list[Part] = [self.question]
        if inputs.get(f"{prefix}EnableMemory") is True:
            for name in self.before[piece.id]:
                giver = self.drawing.pieces.get(name)
                if giver is not None and giver.kind in ("llmAgentflow", "agentAgentflow", "retrieverAgentflow"):
                    prompt += ["\n\n", Ref(name)]
                    piece.remarks.append(f"Of the conversation it sees the question and what '{giver.title}' gave.")
        return tuple(prompt)

    def _set_tools(self, piece: Piece, inputs: Mapping[str, Any]) -> None:
        tools = [line_of(tool.get("agentSelectedTool"), 60) for tool in objects_of(inputs.get("agentTools"))]
        if any(tools):
            piece.remarks.append(f"Its tools are left out: {', '.join(tool for tool in tools[:20] if tool)}.")
        stores = objects_of(inputs.get("agentKnowledgeDocumentStores"))
        if stores or objects_of(inputs.get("agentKnowledgeVSEmbeddings")):
            store = Piece(f"{piece.id}#documents", piece.kind, f"{piece.title}: documents", "left_out")
            store.origin = piece.id
            if piece.position:
                store.position = (piece.position[0] - 60, piece.position[1] + 110)
            self._retriever(store, stores)
            piece.documents = Ref(store.id)
            self.drawing.add(store)
            self.drawing.links += [
                Link(link.source, store.id, link.handle) for link in self.drawing.links if link.target == piece.id
            ]

    def _retriever(self, piece: Piece, stores: list[Mapping[str, Any]]) -> None:
        piece.role, piece.draws = "retriever", "retriever"
        names = [line_of(store.get("documentStore"), 120).partition(":")[2] for store in stores]
        listed = f" ({', '.join(name for name in names if name)})" if any(names) else ""
        piece.remarks.append(f"Its documents{listed} are not in the file; choose a document set.")

    def _classifier(self, piece: Piece, inputs: Mapping[str, Any]) -> None:
        scenarios = [text_of(row.get("scenario")) for row in objects_of(inputs.get("conditionAgentScenarios"))]
        options = [Option(f"{piece.id}-output-{n}", text[:60], text) for n, text in enumerate(scenarios)]
        route_by_model(piece, options)
        self._set_model(piece, inputs, "conditionAgent")
        piece.config.pop("sampling", None)
        piece.config["instruction"] = _literals(self._parts(inputs.get("conditionAgentInstructions")))
        piece.subject = _only_ref(self._parts(inputs.get("conditionAgentInput")))

    def _condition(self, piece: Piece, inputs: Mapping[str, Any]) -> None:
        rows = objects_of(inputs.get("conditions"))
        subjects = [_only_ref(self._parts(row.get("value1"))) for row in rows]
        piece.subject = next((subject for subject in subjects if subject is not None), None)
        options = []
        for number, (row, subject) in enumerate(zip(rows, subjects, strict=True)):
            operation, value = line_of(row.get("operation"), 40), plain_text(row.get("value2"))
            fits = row.get("type") == "string" and subject is not None and subject == piece.subject
            condition = comparison(operation, value) if fits and not _VARIABLE.search(value) else None
            said = f"{plain_text(row.get('value1')).strip()} {operation} {value}"
            options.append(
                Option(f"{piece.id}-output-{number}", value[:60] or operation, condition=condition, said=said)
            )
        route_by_rule(piece, options, f"{piece.id}-output-{len(rows)}")

    def _set_model(self, piece: Piece, inputs: Mapping[str, Any], prefix: str) -> None:
        config = mapping_of(inputs.get(f"{prefix}ModelConfig"))
        set_model(
            piece, self.models, inputs.get(f"{prefix}Model"), config.get("customModelName") or config.get("modelName")
        )
        tokens = config.get("maxTokens") or config.get("maxOutputTokens") or config.get("maxTokensToSample")
        values = {"temperature": config.get("temperature"), "top_p": config.get("topP"), "max_tokens": tokens}
        piece.config["sampling"] = sampling_of(values)

    def _set_schema(self, piece: Piece, rows: list[Mapping[str, Any]]) -> None:
        properties: dict[str, Any] = {}
        for row in rows:
            name, kind = line_of(row.get("key"), 60), line_of(row.get("type"), 20)
            if kind in _SCHEMA_TYPES and name:
                properties[name] = {"type": _SCHEMA_TYPES[kind], "description": text_of(row.get("description"))}
                if kind == "enum":
                    names = [value.strip() for value in text_of(row.get("enumValues")).split(",")]
                    properties[name]["enum"] = [value for value in names if value]
            else:
                piece.remarks.append(f"The output field '{name}' of type '{kind}' is left out of its JSON schema.")
        if properties:
            required = list(properties)
            piece.config["response_schema"] = {"type": "object", "properties": properties, "required": required}

    def _setters(self) -> dict[str, set[str]]:
        """Returns for each variable of the flow's state the nodes that set it; an empty name sets something else."""
        setters: dict[str, set[str]] = defaultdict(set)
        for name, inputs in self.inputs.items():
            for field, rows in inputs.items():
                for row in objects_of(rows) if field.endswith("UpdateState") else ():
                    is_output = re.fullmatch(r"\{\{\s*output[\w.]*\s*\}\}", plain_text(row.get("value")).strip())
                    setters[line_of(row.get("key"), 60)].add(name if is_output else "")
        return setters

    def _setter(self, state: str) -> str | None:
        """Returns the one node before the reader that sets a state to its output, or None."""
        before: set[str] = set()
        waiting = [self.reader]
        while waiting:
            new = [name for name in self.before[waiting.pop()] if name not in before]
            before.update(new)
            waiting += new
        found = (self.setters.get(state, set()) & (before | {""})) - {self.reader}
        return next(iter(found)) if len(found) == 1 and "" not in found else None

    def _parts(self, value: object) -> Prompt:
        """Returns a text with its variables; what the question, a node or the state gives is known."""
        text = plain_text(value)
        parts: list[Part] = []
        position = 0
        for match in _VARIABLE.finditer(text):
            parts.append(text[position : match.start()])
            parts.append(self._variable(match[1].strip()))
            position = match.end()
        parts.append(text[position:])
        return tuple(part for part in parts if part != "")

    def _variable(self, name: str) -> Part:
        root = name.partition(".")[0]
        state = name.removeprefix("$flow.state.").partition(".")[0] if name.startswith("$flow.state.") else ""
        if name in ("question", "$flow.input", f"$form.{self.form_field}"):
            return self.question
        if root in self.drawing.pieces:
            return Ref(root)
        setter = self._setter(state) if state else None
        return Ref(setter) if setter is not None else Open(name)


def _only_ref(parts: Prompt) -> Ref | None:
    refs = [part for part in parts if isinstance(part, Ref)]
    return refs[0] if refs else None


def _literals(parts: Prompt) -> str:
    """Returns a text without its values; what the router is given as its question stands for them."""
    return "".join(part if isinstance(part, str) else "the question" for part in parts).strip()

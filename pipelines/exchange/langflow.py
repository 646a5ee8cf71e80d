"""Takes a Langflow export apart; only prompts, names, numbers and places are read, never code or keys."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.exchange.intake.comparison import comparison
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.piece import Comment, Drawing, Link, Part, Piece, Prompt, Ref
from pipelines.exchange.intake.place import place_of
from pipelines.exchange.intake.setting import Option, route_by_model, route_by_rule, sampling_of, set_model
from pipelines.exchange.intake.untrusted import line_of, mapping_of, number_of, objects_of, text_of

SCALE = 0.8
PASSING = re.compile(r"^(parser|parse\w*|typeconverter\w*|messageto\w*|datatomessage|createdata|savetofile)$", re.I)
PROMPTED = ("input_value", "input_data", "context", "document", "documents", "text", "file")
"""Fields whose text ends up in a prompt."""
REASONS: tuple[tuple[str, str], ...] = (
    (r"loop|batchrun", "A pipeline here has no loops; run it over a data set instead."),
    (
        r"^file$|^url|splittext|embedding|ingest|loader",
        "Add its documents as a document set, and search that.",
    ),
    (r"search|tool|calculator|api|sql|mcp|python|component$", "Nodes here call no services and run no code."),
)


class _Wire(NamedTuple):
    source: str
    output: str
    target: str
    field: str


def take_apart_langflow(content: Mapping[str, Any], models: ModelMatcher) -> Drawing:
    """Returns the pieces of a parsed Langflow export."""
    graph = mapping_of(content.get("data")) or content
    drawing = Drawing(name=line_of(content.get("name")), description=text_of(content.get("description")), scale=SCALE)
    wires = [_wire(edge) for edge in objects_of(graph.get("edges"))]
    reader = _Reader(drawing, wires, models)
    for node in objects_of(graph.get("nodes")):
        reader.read(node)
    drawing.links = [Link(wire.source, wire.target, wire.output) for wire in wires]
    reader.settle()
    return drawing


def _wire(edge: Mapping[str, Any]) -> _Wire:
    data = mapping_of(edge.get("data"))
    source = mapping_of(data.get("sourceHandle")) or _handle(edge.get("sourceHandle"))
    target = mapping_of(data.get("targetHandle")) or _handle(edge.get("targetHandle"))
    return _Wire(
        line_of(edge.get("source")),
        line_of(source.get("name")),
        line_of(edge.get("target")),
        line_of(target.get("fieldName")),
    )


def _handle(text: object) -> Mapping[str, Any]:
    """Returns what an edge's handle holds; Langflow writes its JSON there with another sign for the quote."""
    try:
        return mapping_of(json.loads(text_of(text).replace("œ", '"')))
    except (ValueError, RecursionError):
        return {}


class _Reader:
    def __init__(self, drawing: Drawing, wires: list[_Wire], models: ModelMatcher) -> None:
        self.drawing = drawing
        self.models = models
        self.into: dict[str, dict[str, list[_Wire]]] = defaultdict(lambda: defaultdict(list))
        self.out: dict[str, list[_Wire]] = defaultdict(list)
        for wire in wires:
            self.into[wire.target][wire.field].append(wire)
            self.out[wire.source].append(wire)

    def read(self, node: Mapping[str, Any]) -> None:
        data = mapping_of(node.get("data"))
        body = mapping_of(data.get("node"))
        if node.get("type") == "noteNode" or data.get("type") == "note":
            self.drawing.comments.append(_comment(node, body))
            return
        kind = line_of(data.get("type"), 80) or "unknown"
        title = line_of(body.get("display_name")) or kind
        piece = Piece(line_of(node.get("id")), kind, title, "left_out", position=place_of(node))
        self._fill(piece, _Fields(mapping_of(body.get("template"))), mapping_of(body.get("flow")))
        self.drawing.add(piece)

    def _fill(self, piece: Piece, fields: _Fields, group: Mapping[str, Any]) -> None:
        kind = piece.kind
        if group:
            piece.reason = "It is a group; ungroup it in Langflow and export again."
        elif any(wire.field == "tools" for wire in self.out[piece.id]) and not _is_store(fields):
            piece.reason = "It is a tool of an agent; an expert here answers without tools."
        elif kind == "ChatInput":
            piece.role, piece.draws = "question", "query_input"
        elif kind in ("ChatOutput", "TextOutput"):
            piece.role, piece.draws, piece.sources = "answer", "answer_output", self._refs(piece, "input_value")
        elif kind in ("Prompt", "Prompt Template", "PromptComponent"):
            piece.role, piece.prompt = "text", self._prompt(piece, fields)
        elif kind in ("TextInput", "CombineText"):
            piece.role, piece.prompt = "text", self._texts(piece, fields)
        elif PASSING.match(kind):
            piece.role = "alias"
            piece.sources = tuple(Ref(w.source) for wires in self.into[piece.id].values() for w in wires)[:1]
            piece.remarks.append("What it is fed goes on as it is; its own format is left out.")
        else:
            self._fill_active(piece, fields)

    def _fill_active(self, piece: Piece, fields: _Fields) -> None:
        if piece.kind == "SmartRouter":
            self._smart_router(piece, fields)
        elif piece.kind == "ConditionalRouter":
            self._conditional_router(piece, fields)
        elif piece.kind in ("LLMSelectorComponent", "LLMSelector"):
            self._selector(piece, fields)
        elif re.match(r"(sub|run)_?flow", piece.kind, re.IGNORECASE):
            piece.role, piece.draws = "expert", "sub_pipeline"
            piece.remarks.append("Import the flow it runs too, and choose it here.")
        elif re.search("memory|history", piece.kind, re.IGNORECASE):
            piece.reason = "A pipeline here keeps no memory between runs."
        elif _is_store(fields):
            self._store(piece, fields)
        elif piece.kind in ("File", "Directory") and any(w.field in PROMPTED for w in self.out[piece.id]):
            piece.role, piece.draws = "retriever", "long_context"
            piece.remarks.append("Its files are not in the flow; add them as a document set and choose it here.")
        elif fields.has("input_value") and (fields.has("model") or fields.has("model_name")):
            self._expert(piece, fields)
        else:
            reasons = (reason for pattern, reason in REASONS if re.search(pattern, piece.kind, re.IGNORECASE))
            piece.reason = next(reasons, "It has no counterpart here.")

    def _expert(self, piece: Piece, fields: _Fields) -> None:
        self._set_model(piece, fields)
        if any(wire.output in ("model_output", "language_model") for wire in self.out[piece.id]):
            piece.role = "model"
            return
        piece.role, piece.draws = "expert", "expert"
        system = "system_prompt" if fields.has("system_prompt") else "system_message"
        piece.system = self._value(piece, fields, system)
        piece.prompt = self._value(piece, fields, "input_value")
        sampling = {"temperature": fields.get("temperature"), "max_tokens": fields.get("max_tokens")}
        piece.config["sampling"] = sampling_of(sampling)
        if piece.kind == "StructuredOutput" or objects_of(fields.get("output_schema")):
            piece.remarks.append("Its table of output fields is left out; write a JSON schema instead.")
        if fields.has("tools"):
            tools = [wire.source for wire in self.into[piece.id]["tools"]]
            piece.remarks.append("It was an agent; here it answers in one go, without tools and memory.")
            piece.documents = next((Ref(tool) for tool in tools if tool), None)

    def _set_model(self, piece: Piece, fields: _Fields) -> None:
        chosen = objects_of(fields.get("model"))
        provider = fields.get("provider") or fields.get("agent_llm")
        if chosen:
            set_model(piece, self.models, chosen[0].get("provider"), chosen[0].get("name"))
        else:
            brand = re.sub(r"(Model|Component|LanguageModel)+$", "", piece.kind)
            own = "" if brand in ("", "Agent", "Language", "StructuredOutput") else brand
            set_model(piece, self.models, provider or own, fields.get("model_name"))

    def _smart_router(self, piece: Piece, fields: _Fields) -> None:
        self._set_model(piece, fields)
        options = [
            Option(f"category_{n}_result", line_of(row.get("route_category")), text_of(row.get("route_description")))
            for n, row in enumerate(objects_of(fields.get("routes")), start=1)
        ]
        if any(text_of(row.get("output_value")).strip() for row in objects_of(fields.get("routes"))):
            piece.remarks.append("Its fixed messages are left out; the question goes on.")
        has_else = fields.get("enable_else_output") is True
        options += [Option("default_result", "otherwise", "When nothing else fits.")] if has_else else []
        route_by_model(piece, options, "default_result" if has_else else None)
        piece.config["instruction"] = text_of(fields.get("custom_prompt"))
        piece.subject = next(iter(self._refs(piece, "input_text")), None)

    def _conditional_router(self, piece: Piece, fields: _Fields) -> None:
        operator, value = line_of(fields.get("operator")), text_of(fields.get("match_text"))
        fed = bool(self.into[piece.id]["match_text"])
        ignore_case = fields.get("case_sensitive") is False
        written = None if fed else comparison(operator, value, ignore_case=ignore_case, whole=True)
        route_by_rule(
            piece, [Option("true_result", "holds", condition=written, said=f"{operator} {value}")], "false_result"
        )
        piece.subject = next(iter(self._refs(piece, "input_text")), None)
        messages = ("true_case_message", "false_case_message")
        if any(text_of(fields.get(name)).strip() or self.into[piece.id][name] for name in messages):
            piece.remarks.append("Its own messages for the two cases are left out; the question goes on.")

    def _selector(self, piece: Piece, fields: _Fields) -> None:
        cheap = line_of(fields.get("optimization")) == "cost"
        router = Piece(
            f"{piece.id}#router", piece.kind, f"{piece.title}: model", "router", "model_router", piece.position
        )
        router.origin = piece.id
        router.config["strategy"] = {"name": "price"} if cheap else {"name": "similarity"}
        piece.role, piece.draws, piece.choice = "expert", "expert", Ref(router.id)
        piece.prompt = self._value(piece, fields, "input_value")
        if piece.position:
            piece.position = (piece.position[0] + 300, piece.position[1])
        piece.remarks.append("Its judge model is left out; a model router chooses, and needs examples for each model.")
        self.drawing.add(router)

    def _store(self, piece: Piece, fields: _Fields) -> None:
        used = any(wire.output != "dataframe_output" for wire in self.out[piece.id])
        if not used and not self.into[piece.id]["search_query"]:
            piece.reason = "It fills an index; add its documents as a document set instead."
            return
        piece.role, piece.draws = "retriever", "retriever"
        piece.subject = next(iter(self._refs(piece, "search_query")), None)
        top_k = number_of(fields.get("top_k") or fields.get("number_of_results"))
        if top_k is not None and 1 <= top_k <= 100:
            piece.config["top_k"] = int(top_k)
        name = line_of(fields.get("knowledge_base") or fields.get("collection_name"), 80)
        piece.remarks.append(f"Its documents{f' ({name})' if name else ''} are not in the file; choose a document set.")

    def _refs(self, piece: Piece, field: str) -> tuple[Ref, ...]:
        return tuple(Ref(wire.source) for wire in self.into[piece.id][field])

    def _value(self, piece: Piece, fields: _Fields, field: str) -> Prompt:
        """Returns what feeds a field, or else what was typed into it."""
        fed = dict.fromkeys(self._refs(piece, field))
        if fed:
            return tuple(part for ref in fed for part in (ref, "\n\n"))[:-1]
        typed = text_of(fields.get(field))
        return (typed,) if typed.strip() else ()

    def _texts(self, piece: Piece, fields: _Fields) -> Prompt:
        names = ("input_value",) if piece.kind == "TextInput" else ("text1", "text2")
        values = [self._value(piece, fields, name) for name in names]
        gap = text_of(fields.get("delimiter")) or " "
        return tuple(part for value in values for part in (*value, gap))[:-1]

    def _prompt(self, piece: Piece, fields: _Fields) -> Prompt:
        template = text_of(fields.get("template"))
        double = fields.get("use_double_brackets") is True
        pattern = r"\{\{\s*(\w{1,64})\s*\}\}" if double else r"(?<!\{)\{(\w{1,64})\}(?!\})"
        parts: list[Part] = []
        position = 0
        for match in re.finditer(pattern, template):
            parts.append(_literal(template[position : match.start()], double))
            parts += self._value(piece, fields, match[1])
            position = match.end()
        return (*parts, _literal(template[position:], double))

    def settle(self) -> None:
        """Gives models to what uses them, and forgets documents that come from no store."""
        for piece in self.drawing.pieces.values():
            if piece.documents is not None:
                store = self.drawing.pieces.get(piece.documents.piece)
                piece.documents = piece.documents if store is not None and store.role == "retriever" else None
            if piece.role == "model":
                self._lend(piece)

    def _lend(self, model: Piece) -> None:
        for wire in self.out[model.id]:
            user = self.drawing.pieces.get(wire.target)
            router = self.drawing.pieces.get(f"{wire.target}#router")
            if router is not None and wire.field == "models":
                router.config.setdefault("pool", []).append({"model": model.config.get("model")})
                model.users.append(router.id)
            elif user is not None and user.role in ("expert", "router") and wire.field != "judge_llm":
                if "model" in model.config:
                    user.config["model"] = model.config["model"]
                model.users.append(user.id)


class _Fields:
    """Reads the fields of a node; what is marked as secret or comes from a variable store is never looked at."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._template = template

    def has(self, name: str) -> bool:
        return isinstance(self._template.get(name), dict)

    def get(self, name: str) -> Any:
        field = mapping_of(self._template.get(name))
        secret = field.get("password") or field.get("load_from_db") or "Secret" in text_of(field.get("_input_type"))
        return None if secret else field.get("value")


def _is_store(fields: _Fields) -> bool:
    return fields.has("search_query")


def _literal(text: str, double: bool) -> str:
    return text if double else text.replace("{{", "{").replace("}}", "}")


def _comment(node: Mapping[str, Any], body: Mapping[str, Any]) -> Comment:
    return Comment(
        text_of(body.get("description")), place_of(node), number_of(node.get("width")), number_of(node.get("height"))
    )

"""Reads the nodes of a Flowise chat flow or of the first agent flows, whose edges plug one part into another."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pipelines.exchange.intake.draught import QUESTION_ID
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.piece import Drawing, Open, Part, Piece, Prompt, Ref
from pipelines.exchange.intake.setting import Option, route_by_model, route_by_rule, sampling_of, set_model
from pipelines.exchange.intake.untrusted import line_of, mapping_of, number_of, objects_of, text_of

INDEXING = "An index is made of a document set here; add its documents as one."
REASONS = (
    (r"embedding|splitter|loader|document", INDEXING),
    (r"loop", "A pipeline here has no loops."),
    (r"seqstate", "A pipeline here has no state besides what its edges carry."),
    (r"function", "Nodes here run no code."),
    (r"memory", "A pipeline here keeps no memory between runs."),
    (r"tool", "An expert here answers without tools."),
    (r"moderation", "Put a Guard behind the question for this."),
    (r"output parser", "Write a JSON schema into the expert instead."),
    (r"cache", "Answers are cached by themselves."),
    (r"multi agents", "Agents that hand work to each other have no counterpart; a router with experts comes near."),
)
SYSTEM = ("systemMessagePrompt", "systemMessage", "systemMessagePromptTemplate", "responsePrompt", "prefix")
ACTIVE = re.compile(r"chain|agent|engine", re.IGNORECASE)
_PLUG = re.compile(r"-input-(\w+)-")
_NAME = re.compile(r"(?<!\{)\{(\w{1,64})\}(?!\})")


class ChatFlow:
    """Fills the pieces of a chat flow."""

    def __init__(
        self,
        drawing: Drawing,
        bodies: Mapping[str, Mapping[str, Any]],
        models: ModelMatcher,
        edges: list[Mapping[str, Any]],
    ) -> None:
        """Takes the pieces with nothing but their names, the `data` of each node by id, and the edges of the file."""
        self.drawing = drawing
        self.bodies = bodies
        self.inputs = {name: mapping_of(data.get("inputs")) for name, data in bodies.items()}
        self.models = models
        starts = [piece.id for piece in drawing.pieces.values() if piece.kind == "seqStart"]
        self.question = Ref(starts[0] if starts else QUESTION_ID)
        self.plugged: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for edge in edges:
            match = _PLUG.search(line_of(edge.get("targetHandle"), 500))
            if match:
                self.plugged[line_of(edge.get("target"))][match[1]].append(line_of(edge.get("source")))

    def fill(self) -> None:
        """Decides what becomes of each piece, then brings together what is plugged into each other."""
        for piece in self.drawing.pieces.values():
            self._fill(piece, self.inputs[piece.id], line_of(self.bodies[piece.id].get("category")).lower())
        for piece in self.drawing.pieces.values():
            if piece.role in ("expert", "router"):
                self._take_parts(piece)

    def _fill(self, piece: Piece, inputs: Mapping[str, Any], category: str) -> None:
        if piece.kind == "seqStart":
            piece.role, piece.draws = "question", "query_input"
        elif piece.kind == "seqEnd":
            piece.role, piece.draws = "answer", "answer_output"
            piece.sources = tuple(Ref(name) for name in self.plugged[piece.id]["sequentialNode"])
        elif piece.kind in ("seqConditionAgent", "seqCondition"):
            self._router(piece, inputs)
        elif piece.kind in ("seqAgent", "seqLLMNode"):
            self._expert(piece, inputs)
        elif category in ("chat models", "llms"):
            piece.role = "model"
            set_model(piece, self.models, piece.kind, inputs.get("modelName") or inputs.get("model"))
            tokens = inputs.get("maxTokens") or inputs.get("maxOutputTokens")
            values = {"temperature": inputs.get("temperature"), "top_p": inputs.get("topP"), "max_tokens": tokens}
            piece.config["sampling"] = sampling_of(values)
        elif category == "prompts":
            piece.role, piece.prompt = "text", self._prompt(inputs)
        elif category in ("vector stores", "retrievers"):
            self._retriever(piece, inputs)
        elif ACTIVE.search(category) and not re.search("multi agents|sequential", category):
            self._expert(piece, inputs)
        else:
            about = f"{category} {piece.kind}".lower()
            piece.reason = next((reason for pattern, reason in REASONS if re.search(pattern, about)), "")

    def _expert(self, piece: Piece, inputs: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "expert", "expert"
        system = next((text for text in (text_of(inputs.get(name)) for name in SYSTEM) if text.strip()), "")
        piece.system = (re.sub(r"\{(context|question|input|chat_history)\}", "", system).strip(),) if system else ()
        human = text_of(inputs.get("humanMessagePrompt"))
        piece.prompt = self._named(human, inputs.get("promptValues")) if human.strip() else (self.question,)
        before = [name for name in self.plugged[piece.id]["sequentialNode"] if name in self.drawing.pieces]
        for name in before if not human.strip() else ():
            if self.drawing.pieces[name].kind in ("seqAgent", "seqLLMNode"):
                piece.prompt += ("\n\n", Ref(name))
                piece.remarks.append("Of the conversation it sees the question and the answer before it.")
        if self.plugged[piece.id]["tools"] or self.plugged[piece.id]["toolkit"]:
            piece.remarks.append("It was an agent; here it answers in one go, without tools.")

    def _take_parts(self, piece: Piece) -> None:
        plugs = self.plugged[piece.id]
        starts = self.plugged[self.question.piece]["model"] if not plugs["model"] else []
        for name in [*plugs["model"], *starts]:
            model = self.drawing.pieces.get(name)
            if model is not None and model.role == "model":
                kept = ("model", "sampling") if piece.role == "expert" else ("model",)
                piece.config |= {key: model.config[key] for key in kept if key in model.config}
                model.users.append(piece.id)
        for name in [*plugs["prompt"], *plugs["chatPromptTemplate"]]:
            text = self.drawing.pieces.get(name)
            if text is not None and text.role == "text":
                piece.prompt = (Ref(name),)
        for name in [*plugs["vectorStoreRetriever"], *plugs["retriever"], *plugs["tools"]]:
            store = self._store_behind(name)
            if store is not None and piece.role == "expert":
                piece.documents = Ref(store)

    def _store_behind(self, name: str) -> str | None:
        """Returns the store that is plugged in, directly or through a tool that searches it."""
        piece = self.drawing.pieces.get(name)
        if piece is None or piece.role == "retriever":
            return name if piece else None
        if piece.kind in ("retrieverTool", "queryEngineToolLlamaIndex"):
            plugs = self.plugged[name]
            inner = [*plugs["retriever"], *plugs["baseQueryEngine"], *plugs["vectorStoreIndex"]]
            return next(
                (n for n in inner if n in self.drawing.pieces and self.drawing.pieces[n].role == "retriever"), None
            )
        return None

    def _retriever(self, piece: Piece, inputs: Mapping[str, Any]) -> None:
        piece.role, piece.draws = "retriever", "retriever"
        top_k = number_of(inputs.get("topK"))
        if top_k is not None and 1 <= top_k <= 100:
            piece.config["top_k"] = int(top_k)
        piece.remarks.append("Its documents are not in the file; choose a document set.")

    def _router(self, piece: Piece, inputs: Mapping[str, Any]) -> None:
        rows = objects_of(inputs.get("conditionUI"))
        handles = {line_of(row.get("output")): row for row in rows if line_of(row.get("output"))}
        used = [link.handle for link in self.drawing.links if link.source == piece.id]
        others = [handle for handle in dict.fromkeys(used) if _branch(handle).lower() not in map(str.lower, handles)]
        names = {h: _branch(h) for h in dict.fromkeys(used)}
        if piece.kind == "seqConditionAgent":
            options = [Option(handle, name, name) for handle, name in names.items()]
            ends = [handle for handle, name in names.items() if name.lower() in ("end", "otherwise", "else")]
            route_by_model(piece, options, ends[0] if ends else None)
            piece.config["instruction"] = re.sub(_NAME, "", text_of(inputs.get("systemMessagePrompt"))).strip()
            piece.remarks.append("It looked at the conversation; here it looks at the question.")
            return
        said = {
            name.lower(): f"{row.get('variable')} {row.get('operation')} {row.get('value')}"
            for name, row in handles.items()
        }
        options = [
            Option(handle, name, condition=None, said=text_of(said.get(name.lower())))
            for handle, name in names.items()
            if handle not in others[:1]
        ]
        route_by_rule(piece, options, others[0] if others else f"{piece.id}#else")

    def _prompt(self, inputs: Mapping[str, Any]) -> Prompt:
        template = text_of(inputs.get("template"))
        if not template:
            both = (text_of(inputs.get("systemMessagePrompt")), text_of(inputs.get("humanMessagePrompt")))
            template = "\n\n".join(text for text in both if text.strip())
        return self._named(template, inputs.get("promptValues"))

    def _named(self, template: str, values: object) -> Prompt:
        """Returns a template with its names filled: one name without a value is the question, as in Flowise."""
        try:
            given = mapping_of(json.loads(text_of(values) or "{}"))
        except (ValueError, RecursionError):
            given = {}
        free = {name for name in _NAME.findall(template) if name not in given}
        parts: list[Part] = []
        position = 0
        for match in _NAME.finditer(template):
            parts.append(_literal(template[position : match.start()]))
            name = match[1]
            asks = name in ("question", "input") or free == {name}
            parts += self._value(text_of(given[name])) if name in given else [self.question if asks else Open(name)]
            position = match.end()
        return (*parts, _literal(template[position:]))

    def _value(self, value: str) -> list[Part]:
        match = re.fullmatch(r"\s*\{\{\s*([\w$]+)(?:\.[\w.]*)?\s*\}\}\s*", value)
        if match is None:
            return [value]
        if match[1] == "question":
            return [self.question]
        return [Ref(match[1]) if match[1] in self.drawing.pieces else Open(match[1])]


def _branch(handle: str) -> str:
    """Returns the name of the branch in a handle such as `seqCondition_0-output-end-Condition`."""
    match = re.search(r"-output-(.+?)(?:-[^-]*)?$", handle)
    return match[1] if match else handle


def _literal(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")

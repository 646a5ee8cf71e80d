"""Writes the nodes of a pipeline as functions, and how they are wired as a table of nodes."""

from __future__ import annotations

from typing import Any

from pipelines.document import NodeSpec, Pipeline
from pipelines.exchange.draft import Body, Draft, NodeDraft
from pipelines.exchange.literal import comment, identifier, literal
from pipelines.exchange.node import writers
from pipelines.plan import Inlet, Plan, Step, build_plan
from pipelines.value import Answer, ModelChoice, Passages, Query, Text, Value, Verdict

MAX_NODES = 300
TYPES = {
    Query: "Query",
    Answer: "Answer",
    Passages: "Passages",
    ModelChoice: "ModelChoice",
    Verdict: "Rating",
    Text: "str",
}


def write_graph(pipeline: Pipeline, draft: Draft, prefix: str = "") -> str:
    """Writes the functions and the graph of a pipeline and returns the name of the graph."""
    plan = build_plan(pipeline)
    graph = draft.name(f"{identifier(prefix).upper()}_GRAPH" if prefix else "GRAPH")
    rows = [_row(step, plan, draft, prefix) for step in plan.steps.values() if _has_room(draft)]
    draft.graphs.append(f"{graph} = (\n{''.join(rows)})\n")
    return graph


def _has_room(draft: Draft) -> bool:
    if len(draft.blocks) < MAX_NODES:
        return True
    sentence = f"The pipeline has more than {MAX_NODES} nodes with all that is inside it, too many for one file."
    if sentence not in draft.refused:
        draft.refused.append(sentence)
    return False


def _row(step: Step, plan: Plan, draft: Draft, prefix: str) -> str:
    spec = step.spec
    options = [literal(spec.id), literal(comment(step.title)), _function(step, plan, draft, prefix)]
    inputs = "".join(f"            {_input(inlet)},\n" for inlet in step.inlets if inlet.edges or inlet.port.required)
    options += [f"inputs=(\n{inputs}        )"] if inputs else []
    stopped = sorted(plan.private_ancestors.get(spec.id, ()))
    options += [f"overtakes=frozenset({literal(stopped)})"] if stopped else []
    options += [f"passes_to={literal(step.detour.output.name)}"] if step.detour else []
    options += ["is_pinned=True"] if spec.pinned is not None and not spec.bypassed else []
    options += ["fails_silently=True"] if spec.on_error == "silent" else []
    options += ["is_final=True"] if step.node.final else []
    return "    Node(\n" + "".join(f"        {option},\n" for option in options) + "    ),\n"


def _input(inlet: Inlet) -> str:
    edges = literal(tuple((edge.source, edge.source_port) for edge in inlet.edges), " " * 16)
    options = [literal(inlet.port.name), TYPES.get(inlet.value_type, "object"), edges]
    options += [] if inlet.port.required else ["required=False"]
    options += ["many=True"] if inlet.port.many else []
    if inlet.port.many and inlet.join.rule != "all_taken":
        options.append(f"wait_for={inlet.join.k or 1}")
    return f"Input({', '.join(options)})"


def _function(step: Step, plan: Plan, draft: Draft, prefix: str) -> str:
    """Writes the function of a node and returns its name, None for a node that is disabled or bypassed."""
    if not step.spec.executes:
        return "None"
    node = NodeDraft(draft, step, plan.pipeline, prefix)
    body = _pinned(step.spec, node) if step.spec.pinned is not None else _written(step, node)
    if body is None:
        return "None"
    head = f"# {comment(step.title)}\n"
    constants = "".join(f"{constant}\n" for constant in node.constants)
    lines = "".join(f"    {line}\n" for line in body.lines)
    decorator = "@task\n" if body.is_task else ""
    function = f"{decorator}async def {node.function}({body.parameters}) -> Fired:\n"
    space = "\n\n" if constants else ""
    draft.blocks.append(f'{head}{constants}{space}{function}    """{body.says}"""\n{lines}')
    return node.function


def _written(step: Step, node: NodeDraft) -> Body | None:
    write = writers().get(step.node.kind)
    if write is None:
        node.refuse(f"is of the kind '{step.node.title}', which has no form in an exported program")
        return None
    return write(step.node, node)


def _pinned(spec: NodeSpec, node: NodeDraft) -> Body:
    for value in (spec.pinned or {}).values():
        if isinstance(value, ModelChoice):
            node.model(value.model)
    ports = ", ".join(f"{literal(name)}: {_value(value)}" for name, value in (spec.pinned or {}).items())
    return Body(says="Fires what was pinned to it.", parameters="", lines=(f"return {{{ports}}}",), is_task=False)


def _value(value: Value) -> str:
    """Returns the expression that makes a pinned value."""
    fields: dict[str, Any] = {}
    if isinstance(value, Query):
        fields = {"text": value.text, "tags": value.tags}
    elif isinstance(value, Answer):
        fields = {"text": value.text, "model": value.model, "confidence": value.confidence, "refused": value.refused}
    elif isinstance(value, ModelChoice):
        fields = {"model": value.model}
    elif isinstance(value, Verdict):
        fields = {"score": value.score, "reason": value.reason}
    elif isinstance(value, Passages):
        parts = [f"Passage({literal(p.title)}, {literal(p.text)})" for p in value.passages]
        return f"Passages(({', '.join(parts)}{',' if len(parts) == 1 else ''}))"
    return f"{TYPES[type(value)]}({', '.join(f'{name}={literal(part)}' for name, part in fields.items())})"

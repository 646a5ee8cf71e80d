"""Writes the expert."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.literal import literal
from pipelines.exchange.prompted import conversation_of, parameters_of
from pipelines.exchange.schema import written_schema
from pipelines.nodes.expert import Expert


def write(node: Expert, draft: NodeDraft) -> Body:
    """Returns the function that asks one model, or the one that a router chose."""
    chosen = any(inlet.port.name == "choice" and inlet.edges for inlet in draft.step.inlets)
    parameters = parameters_of(node, draft)
    model = draft.model(node.model)
    lines = [f"messages = {conversation_of(node, draft)}"]
    if chosen:
        parameters += ", choice: ModelChoice | None = None"
        own = node.candidate()
        other = "choice" if own is None else f"choice and choice.model != {literal(own)}"
        lines.insert(0, f"model = MODELS[choice.model] if {other} else {model}")
        model = "model"
    options = f"node={draft.node}" + (", logprobs=True" if node.logprobs else "")
    sampling = draft.sampling(node.sampling)
    if node.response_schema is None:
        lines.append(f"reply = await ask({model}, messages, {sampling}, {options})")
    else:
        schema = written_schema(node.response_schema, draft)
        lines.append(f"reply, _ = await ask_for_json({model}, messages, {sampling}, {schema}, {options})")
    lines.append('return {"answer": reply.answer(reply.confidence)}')
    return Body(says="Lets one model answer.", parameters=parameters, lines=tuple(lines))

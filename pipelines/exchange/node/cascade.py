"""Writes the cascade."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft, settings_of
from pipelines.exchange.prompted import conversation_of, parameters_of
from pipelines.exchange.schema import written_schema
from pipelines.nodes.cascade import Cascade


def write(node: Cascade, draft: NodeDraft) -> Body:
    """Returns the function that answers first and escalates what does not look sure enough."""
    model = draft.model(node.model)
    lines = (
        f"messages = {conversation_of(node, draft)}",
        *_attempt(node, draft, model),
        f"if score >= {node.threshold!r}:",
        '    return {"accepted": reply.answer(score)}',
        'return {"escalate": query}',
    )
    return Body(
        says="Answers first, and escalates the question where the answer is not sure enough.",
        parameters=parameters_of(node, draft),
        lines=lines,
    )


def _attempt(node: Cascade, draft: NodeDraft, model: str) -> tuple[str, ...]:
    if node.rule == "agreement":
        varied = draft.constant("sampling", {**settings_of(node.sampling), "temperature": node.sample_temperature})
        return (
            f"replies = await ask_samples({model}, messages, {varied}, {node.samples}, node={draft.node})",
            f'result = vote([each.text for each in replies], "{node.compare}")',
            "reply, score = replies[result.winner], result.share",
        )
    asked = f"reply = await ask({model}, messages, {draft.sampling(node.sampling)}, node={draft.node}"
    if node.rule == "self_rating":
        return (f"{asked})", f"score = await self_rating({model}, query, reply, node={draft.node})")
    if node.rule == "schema":
        schema = written_schema(node.response_schema or {}, draft)
        return (f"{asked}, schema={schema})", f"score = 1.0 if follows(reply.text, {schema}) else 0.0")
    if not draft.entry(node.model).supports_logprobs:
        draft.refuse("needs log-probabilities, which its model does not give; choose another rule")
    return (
        f"{asked}, logprobs=True)",
        "if reply.confidence is None:",
        '    raise Unusable("The model gives no log-probabilities.")',
        "score = reply.confidence",
    )

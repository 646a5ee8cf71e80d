"""Writes the self-refinement."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.prompted import conversation_of, parameters_of
from pipelines.nodes.self_refine import SelfRefine


def write(node: SelfRefine, draft: NodeDraft) -> Body:
    """Returns the function that drafts, criticises and improves."""
    criteria = draft.constant("criteria", node.criteria)
    options = f"criteria={criteria}, rounds={node.rounds}, stop_score={node.stop_score!r}, node={draft.node}"
    lines = (
        f"model, critic = {draft.model(node.model)}, {draft.model(node.critic_model or node.model)}",
        f"messages = {conversation_of(node, draft)}",
        f"reply, score = await refined(model, critic, messages, {draft.sampling(node.sampling)}, {options})",
        'return {"answer": reply.answer(score)}',
    )
    return Body(
        says="Drafts an answer, lets it be criticised, and improves it.",
        parameters=parameters_of(node, draft),
        lines=lines,
    )

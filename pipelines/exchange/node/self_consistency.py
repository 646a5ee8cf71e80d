"""Writes the self-consistency."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.prompted import conversation_of, parameters_of
from pipelines.nodes.self_consistency import SelfConsistency


def write(node: SelfConsistency, draft: NodeDraft) -> Body:
    """Returns the function that asks one model several times and takes the most common answer."""
    asked = f"{draft.model(node.model)}, messages, {draft.sampling(node.sampling)}, {node.samples}, node={draft.node}"
    lines = (
        f"messages = {conversation_of(node, draft)}",
        f"replies = await ask_samples({asked})",
        f'result = vote([each.text for each in replies], "{node.compare}")',
        'return {"answer": replies[result.winner].answer(result.share)}',
    )
    return Body(
        says="Asks one model several times and takes the answer that comes most often.",
        parameters=parameters_of(node, draft),
        lines=lines,
    )

"""Writes the synthesis."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.nodes.synthesis import SAFETY, Synthesis


def write(node: Synthesis, draft: NodeDraft) -> Body:
    """Returns the function that writes one answer out of several."""
    system = draft.constant("system", f"{node.instruction}\n{SAFETY}")
    sampling = draft.sampling(node.sampling)
    lines = (
        "merged = candidates(answers)",
        "if len(merged) == 1:",
        '    return {"answer": merged[0]}',
        f'messages = instructed({system}, f"{{material(query, merged)}}\\n\\nYour answer to the question:")',
        f"reply = await ask({draft.model(node.model)}, messages, {sampling}, node={draft.node})",
        'return {"answer": reply.answer()}',
    )
    return Body(
        says="Lets a model write one answer out of several.",
        parameters="query: Query, answers: list[Answer]",
        lines=lines,
    )

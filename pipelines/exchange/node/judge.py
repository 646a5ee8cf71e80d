"""Writes the judge."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.nodes.judge import INSTRUCTION, Judge


def write(node: Judge, draft: NodeDraft) -> Body:
    """Returns the function that rates an answer and lets only a good one pass."""
    system = draft.constant("system", f"{INSTRUCTION}\n\nWhat counts:\n{node.rubric}")
    sampling = draft.sampling(node.sampling)
    lines = (
        "material = f\"{quoted('question', query.text)}\\n\\n{quoted('answer', answer.text)}\"",
        f'messages = instructed({system}, f"{{material}}\\n\\nYour rating as JSON:")',
        f"rating = await rate({draft.model(node.model)}, messages, {sampling}, node={draft.node})",
        f"if rating.score >= {node.pass_threshold!r}:",
        '    return {"passed": answer, "verdict": rating}',
        'return {"failed": query, "verdict": rating}',
    )
    return Body(
        says="Rates an answer: a good one passes, a bad one sends the question on.",
        parameters="query: Query, answer: Answer",
        lines=lines,
    )

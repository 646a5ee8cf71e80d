"""Writes the answer."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.nodes.answer_output import AnswerOutput


def write(node: AnswerOutput, draft: NodeDraft) -> Body:
    """Returns the function that hands the first answer out."""
    del node, draft
    return Body(
        says="Hands the first answer that came out.",
        parameters="answers: list[Answer]",
        lines=('return {"answer": answers[0]}',),
        is_task=False,
    )

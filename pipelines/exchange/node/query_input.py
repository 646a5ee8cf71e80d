"""Writes the question."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.literal import literal
from pipelines.nodes.query_input import QueryInput


def write(node: QueryInput, draft: NodeDraft) -> Body:
    """Returns the function that brings the question with the tags of the node."""
    del draft
    tags = tuple(dict.fromkeys(node.tags))
    value = f"Query(text=question.text, tags=tuple(dict.fromkeys((*question.tags, *{literal(tags)}))))"
    return Body(
        says="Brings the question in.",
        parameters="question: Query",
        lines=(f'return {{"query": {value if tags else "question"}}}',),
        is_task=False,
    )

"""Writes the long context."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.window import token_limit_of
from pipelines.nodes.long_context import LongContext


def write(node: LongContext, draft: NodeDraft) -> Body:
    """Returns the function that brings whole documents as far as they fit."""
    constant, _ = draft.document_set(node.document_set)
    limit = token_limit_of(node, draft)
    return Body(
        says="Brings whole documents, as far as they fit into the window of the model.",
        parameters="query: Query",
        lines=(f'return {{"documents": whole(query.text, {constant}, {limit})}}',),
    )

"""Writes the RAG-or-long-context branch."""

from __future__ import annotations

from pipelines.catalogue import TOKENS_PER_MTOK
from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.window import token_limit_of
from pipelines.nodes.context_router import ContextRouter


def write(node: ContextRouter, draft: NodeDraft) -> Body:
    """Returns the function that compares the length of the documents with what may be read."""
    constant, _ = draft.document_set(node.document_set)
    limit = token_limit_of(node, draft)
    price = draft.entry(node.model).price
    if node.max_cost_usd is not None and price is not None and price.input_usd_per_mtok > 0:
        affordable = int(node.max_cost_usd * TOKENS_PER_MTOK / price.input_usd_per_mtok)
        limit = affordable if limit is None else min(limit, affordable)
    lines: tuple[str, ...] = ('return {"long_context": query}',)
    if limit is not None:
        lines = (
            f"count = sum(tokens(each) for each in {constant}) + estimate_tokens(query.text)",
            f'return {{"long_context" if count <= {limit} else "rag": query}}',
        )
    return Body(
        says="Reads everything where it fits, and searches where it does not.", parameters="query: Query", lines=lines
    )

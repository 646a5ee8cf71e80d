"""Writes the retriever."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.stemmer import stemmer_for
from pipelines.nodes.retriever import Retriever


def write(node: Retriever, draft: NodeDraft) -> Body:
    """Returns the function that finds the pieces of the documents that suit the question."""
    constant, documents = draft.document_set(node.document_set)
    if node.method != "bm25":
        draft.approximate(f"searches by '{node.method}', and an exported program searches by words only (bm25)")
    limits = f"top_k={node.top_k}, chunk_words={node.chunk_words}, overlap_words={node.overlap_words}"
    stem = stemmer_for(documents, node.chunk_words, node.overlap_words, draft)
    lines = (
        f"found = search(query.text, {constant}, {limits}, stem={stem})",
        'return {"documents": found}',
    )
    return Body(
        says="Finds the pieces of the documents that suit the question.", parameters="query: Query", lines=lines
    )

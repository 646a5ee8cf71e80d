"""Writes the router by similarity."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.likeness import embedding_of
from pipelines.nodes.semantic_router import SemanticRouter


def write(node: SemanticRouter, draft: NodeDraft) -> Body:
    """Returns the function that takes the branch whose examples are most like the question."""
    examples = {branch.name: [text for text in branch.examples if text.strip()] for branch in node.branches}
    constant = draft.constant("examples", examples)
    lines = [
        f"scores = await similarities(query.text, {constant}, {node.top_k}, {embedding_of(draft)})",
        "branch = max(scores, key=lambda name: scores[name])",
    ]
    if node.default:
        lines += [f"if scores[branch] < {node.threshold!r}:", f'    return {{"{node.default}": query}}']
    lines.append("return {branch: query}")
    return Body(
        says="Takes the branch whose example questions are most like the question.",
        parameters="query: Query",
        lines=tuple(lines),
    )

"""Writes the query rewriter."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.nodes.query_rewriter import INSTRUCTIONS, SAFETY, QueryRewriter


def write(node: QueryRewriter, draft: NodeDraft) -> Body:
    """Returns the function that puts the question in other words."""
    task = node.instruction
    if node.strategy != "custom":
        task = INSTRUCTIONS[node.strategy].replace("{target_language}", node.target_language)
    system, constant = draft.constant("system", SAFETY), draft.constant("task", task)
    sampling = draft.sampling(node.sampling)
    text = 'f"{query.text}\\n\\n{written}"' if node.strategy == "hyde" else "written"
    lines = (
        f"messages = instructed({system}, f\"{{quoted('question', query.text)}}\\n\\n{{{constant}}}\")",
        f"reply = await ask({draft.model(node.model)}, messages, {sampling}, node={draft.node})",
        "written = unlabelled(reply.text)",
        f'return {{"query": Query({text}, query.tags) if written else query}}',
    )
    return Body(says="Puts the question in other words.", parameters="query: Query", lines=lines)

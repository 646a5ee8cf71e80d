"""Writes the best of n."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.literal import literal
from pipelines.nodes.best_of_n import INSTRUCTION, BestOfN


def write(node: BestOfN, draft: NodeDraft) -> Body:
    """Returns the function that lets a model compare answers and passes the best one on."""
    system = draft.constant("system", f"{INSTRUCTION}\n\nWhat counts:\n{node.rubric}")
    options = f"node={draft.node}, seed={literal(f'0:{draft.path}')}"
    lines = (
        f"model, sampling = {draft.model(node.model)}, {draft.sampling(node.sampling)}",
        f"best = await best_answer(model, {system}, query, answers, sampling, {options})",
        'return {"answer": best}',
    )
    return Body(
        says="Lets a model compare the answers and passes the best one on, unchanged.",
        parameters="query: Query, answers: list[Answer]",
        lines=lines,
    )

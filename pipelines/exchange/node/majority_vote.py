"""Writes the majority vote."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.nodes.majority_vote import MajorityVote


def write(node: MajorityVote, draft: NodeDraft) -> Body:
    """Returns the function that takes the answer that most agree on."""
    del draft
    weights = ", confidences(voters)" if node.weigh_by_confidence else ""
    lines = (
        "voters = [each for each in answers if not each.refused] or answers",
        f'result = vote([each.text for each in voters], "{node.compare}"{weights})',
        "winner = voters[result.winner]",
        'return {"answer": Answer(winner.text, winner.model, result.share, winner.refused)}',
    )
    return Body(
        says="Takes the answer that most branches agree on.",
        parameters="answers: list[Answer]",
        lines=lines,
        is_task=False,
    )

"""Writes the merge."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.nodes.merge import Merge


def write(node: Merge, draft: NodeDraft) -> Body:
    """Returns the function that passes on what came first."""
    del draft
    return Body(
        says="Passes on what came, the first by the order of its edges.",
        parameters="values: list[Any]",
        lines=(f'return {{"{node.carries}": values[0]}}',),
        is_task=False,
    )

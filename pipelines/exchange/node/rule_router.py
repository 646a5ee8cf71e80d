"""Writes the router by rules."""

from __future__ import annotations

from pipelines.error import ConfigurationError
from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.rule import python_condition
from pipelines.nodes.rule_router import RuleRouter


def write(node: RuleRouter, draft: NodeDraft) -> Body:
    """Returns the function that takes the branch whose rule holds."""
    lines: list[str] = [] if node.mode == "first" else ["taken: Fired = {}"]
    for branch in node.branches:
        lines.append(f"if {_condition(branch.condition, branch.name, draft)}:")
        taken = f'return {{"{branch.name}": query}}' if node.mode == "first" else f'taken["{branch.name}"] = query'
        lines.append(f"    {taken}")
    rest = f'{{"{node.default}": query}}' if node.default else "{}"
    lines.append(f"return {rest}" if node.mode == "first" else f"return taken or {rest}")
    return Body(
        says="Takes the branch whose rule the question matches.",
        parameters="query: Query",
        lines=tuple(lines),
        is_task=False,
    )


def _condition(condition: str, branch: str, draft: NodeDraft) -> str:
    try:
        return python_condition(condition)
    except ConfigurationError as error:
        draft.refuse(f"has a rule for the branch '{branch}' that has no exact Python form: {error}")
        return "False"

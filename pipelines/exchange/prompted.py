"""Writes what the exported nodes share that put a question to a model by a prompt template."""

from __future__ import annotations

from pipelines.exchange.draft import NodeDraft
from pipelines.prompted_node import PromptedNode


def parameters_of(node: PromptedNode, draft: NodeDraft) -> str:
    """Returns the parameters of the function: the question, and the other inputs that the node has."""
    connected = {inlet.port.name for inlet in draft.step.inlets if inlet.edges}
    found = ["query: Query"]
    found += ["inputs: dict[str, str]"] if node.extra_inputs() else []
    found += ["documents: Passages | None = None"] if "documents" in connected else []
    return ", ".join(found)


def conversation_of(node: PromptedNode, draft: NodeDraft) -> str:
    """Returns the call that makes the messages; system prompt, template and examples become constants."""
    connected = {inlet.port.name for inlet in draft.step.inlets if inlet.edges}
    arguments = [
        draft.constant("system", node.system_prompt) if node.system_prompt.strip() else '""',
        draft.constant("prompt", node.prompt_template) if node.prompt_template != "{query}" else '"{query}"',
        "query",
    ]
    arguments += ["documents=documents"] if "documents" in connected else []
    arguments += ["inputs=inputs"] if node.extra_inputs() else []
    if node.examples:
        pairs = tuple((shot.question, shot.answer) for shot in node.examples)
        arguments.append(f"examples={draft.constant('examples', pairs)}")
    return f"conversation({', '.join(arguments)})"

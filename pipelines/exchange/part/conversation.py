"""How an exported program makes the messages that a node sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.prompt import placeholders, quoted, render
from pipelines.prompted_node import DOCUMENTS_LEAD
from pipelines.value import Passages, Query


def conversation(
    system: str,
    template: str,
    query: Query,
    documents: Passages | None = None,
    inputs: Mapping[str, str] | None = None,
    examples: Sequence[tuple[str, str]] = (),
) -> list[dict[str, str]]:
    """Returns system prompt, worked examples and the filled template; documents it does not name stand before it."""
    turns = [{"role": "system", "content": system}] if system.strip() else []
    for question, answer in examples:
        blank = dict.fromkeys(placeholders(template), "")
        turns.append({"role": "user", "content": render(template, blank | {"query": question})})
        turns.append({"role": "assistant", "content": answer})
    material = documents.as_text() if documents else ""
    values = {"query": query.text, "documents": material, "tags": ", ".join(query.tags), "language": ""}
    filled = render(template, {**(inputs or {}), **values})
    if material and "documents" not in placeholders(template):
        filled = f"{DOCUMENTS_LEAD}\n{quoted('documents', material)}\n\n{filled}"
    return [*turns, {"role": "user", "content": filled}]


def instructed(system: str, user: str) -> list[dict[str, str]]:
    """Returns a system prompt and one question."""
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]

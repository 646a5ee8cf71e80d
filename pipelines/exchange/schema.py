"""Writes JSON schemas into an exported program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.exchange.draft import NodeDraft


def written_schema(schema: Mapping[str, Any], draft: NodeDraft) -> str:
    """Writes a schema as a constant and returns its name; one with patterns is checked by another library there."""
    if _has_key(schema, "pattern"):
        draft.approximate("has a JSON schema with a pattern, which Python's own regular expressions read differently")
    return draft.constant("schema", schema)


def _has_key(part: object, key: str) -> bool:
    if isinstance(part, Mapping):
        return key in part or any(_has_key(inner, key) for inner in part.values())
    return isinstance(part, list) and any(_has_key(inner, key) for inner in part)

"""The question in what other tools record as the input of a model: text, messages, or an object of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow, parsed_json, text_of

TEXTS: Final = (
    "question", "query", "input", "prompt", "text", "message", "content", "answer", "output", "expected", "response",
)  # fmt: skip
MESSAGES: Final = ("messages", "input", "prompt")


def question_of(row: RawRow, column: str) -> tuple[str, Any]:
    """Returns the text of a cell and what else is in it: the last message of the user, or the variable named so.

    Raises:
        RowRefused: if there is no text to be found.
    """
    value = row.cells.get(column)
    value = value if (parsed := parsed_json(value)) is None else parsed
    text, rest = _found(value)
    if not text.strip():
        raise RowRefused(
            "there is no text; it holds a text, messages, or an object with one of " + ", ".join(TEXTS), column
        )
    return text, rest


def _found(value: Any) -> tuple[str, Any]:
    if isinstance(value, list):
        return _last_message(value)
    if not isinstance(value, Mapping):
        return text_of(value), None
    for name in MESSAGES:
        if isinstance(value.get(name), list):
            text, before = _last_message(value[name])
            others = {key: other for key, other in value.items() if key != name}
            return text, ({**others, name: before} if before else others) or None
    named = [name for name in TEXTS if isinstance(value.get(name), str)] or (list(value) if len(value) == 1 else [])
    if not named:
        return "", None
    return text_of(value[named[0]]), {key: other for key, other in value.items() if key != named[0]} or None


def _last_message(messages: list[Any]) -> tuple[str, Any]:
    """Returns the last message that is not of the system, and those before it."""
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        if isinstance(message, Mapping) and message.get("role") != "system":
            return _content(message.get("content")), messages[:place] or None
    return (
        ("", None)
        if any(isinstance(m, (Mapping, list)) for m in messages)
        else ("\n".join(map(text_of, messages)), None)
    )


def _content(content: Any) -> str:
    parts = content if isinstance(content, list) else [content]
    return "\n".join(text_of(part.get("text") if isinstance(part, Mapping) else part) for part in parts if part)

"""Prompt templates with named placeholders, and the delimiting of foreign text inside a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from pipelines.error import ConfigurationError

TEMPLATES_KEPT = 64
_PIECE = re.compile(r"(?P<open>\{\{)|(?P<close>\}\})|\{(?P<name>[A-Za-z_][A-Za-z0-9_]{0,63})\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Returns the names in single braces, each once, in the order of their first place.

    Only `{name}` is a placeholder; every other brace is literal, so JSON may stand in a prompt as it is. `{{` writes a
    literal `{`, and a `}}` that follows one writes the literal `}`.
    """
    return tuple(dict.fromkeys(text for kind, text in _pieces(template) if kind == "name"))


def render(template: str, values: Mapping[str, str]) -> str:
    """Returns the template with the values in place; a placeholder inside a value stays as it is.

    Raises:
        ConfigurationError: if the template names something that has no value.
    """
    missing = [name for name in placeholders(template) if name not in values]
    if missing:
        known = ", ".join(f"{{{name}}}" for name in values) or "none"
        raise ConfigurationError(f"The prompt names {{{missing[0]}}}, which has no value here; it may name {known}.")
    return "".join(values[text] if kind == "name" else text for kind, text in _pieces(template))


def quoted(tag: str, text: str) -> str:
    """Returns foreign text between `<tag>` and `</tag>`, made unable to end the block early."""
    inner = re.sub(rf"<(?=\s*/\s*{re.escape(tag)}\b)", "&lt;", text, flags=re.IGNORECASE)
    return f"<{tag}>\n{inner}\n</{tag}>"


def shortened(text: str, length: int) -> str:
    """Returns the text on one line, cut to `length` characters with an ellipsis where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


@lru_cache(maxsize=TEMPLATES_KEPT)
def _pieces(template: str) -> tuple[tuple[Literal["text", "name"], str], ...]:
    """Returns the template in pieces; a batch fills the same few again and again."""
    return tuple(_scanned(template))


def _scanned(template: str) -> Iterator[tuple[Literal["text", "name"], str]]:
    position = escapes = 0
    for match in _PIECE.finditer(template):
        yield "text", template[position : match.start()]
        position = match.end()
        if match["name"]:
            yield "name", match["name"]
        elif match["open"]:
            escapes += 1
            yield "text", "{"
        else:
            # JSON closes nested objects with `}}`: only a brace that was opened by an escape is one.
            yield "text", "}" if escapes else "}}"
            escapes = max(0, escapes - 1)
    yield "text", template[position:]

"""Writes values as Python source: every text goes through `repr`, so that nothing a person typed becomes code."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 100
_LINE = re.compile(r".*?\n|.+", re.DOTALL)


def literal(value: Any, indent: str = "") -> str:
    """Returns the Python expression of a text, number, truth value, None, or list, tuple and mapping of such.

    Raises:
        TypeError: if the value is of another type.
    """
    if isinstance(value, str):
        return _text(value, indent)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    one_line = _one_line(value)
    if len(indent) + len(one_line) <= WIDTH:
        return one_line
    inner = indent + "    "
    if isinstance(value, Mapping):
        rows = [f"{inner}{_text(str(key), None)}: {literal(part, inner)},\n" for key, part in value.items()]
        return "{\n" + "".join(rows) + indent + "}"
    opening, closing = "()" if isinstance(value, tuple) else "[]"
    rows = [f"{inner}{literal(part, inner)},\n" for part in value]
    return f"{opening}\n{''.join(rows)}{indent}{closing}"


def identifier(name: str) -> str:
    """Returns a lower-case Python name made of another name; two names may give the same."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower(), flags=re.ASCII).strip("_") or "node"
    return f"n{plain}" if plain[0].isdigit() or keyword.iskeyword(plain) else plain


def comment(text: str) -> str:
    """Returns a text as one line that is safe behind a `#`."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _one_line(value: Any) -> str:
    if isinstance(value, str):
        return _text(value, None)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(key), None)}: {_one_line(part)}" for key, part in value.items()) + "}"
    if isinstance(value, Sequence):
        parts = ", ".join(_one_line(part) for part in value)
        return f"[{parts}]" if isinstance(value, list) else f"({parts},)" if len(value) == 1 else f"({parts})"
    raise TypeError(f"A {type(value).__name__} cannot be written as Python source.")


def _text(text: str, indent: str | None) -> str:
    """Returns the literal of a text; with an indent, a long one is cut into pieces that stand below each other."""
    if indent is None or (len(text) + len(indent) < WIDTH and "\n" not in text[:-1]):
        return _quoted(text)
    inner = indent + "    "
    pieces = [part for line in _LINE.findall(text) for part in _cut(line, WIDTH - len(inner) - 10)]
    if len(pieces) == 1:
        return _quoted(text)
    return "(\n" + "".join(f"{inner}{_quoted(piece)}\n" for piece in pieces) + indent + ")"


def _cut(line: str, length: int) -> list[str]:
    pieces = []
    while len(line) > length:
        place = line.rfind(" ", 1, length) + 1 or length
        pieces.append(line[:place])
        line = line[place:]
    return [*pieces, line] if line else pieces


def _quoted(text: str) -> str:
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in text else written

"""Writes prompt templates whose literal braces stay literal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.prompt import placeholders, render

Slot = tuple[str]
"""The name of a placeholder, told apart from literal text."""

_LIKE_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def template_of(parts: Sequence[str | Slot]) -> str:
    """Returns a template that renders to the literal parts with the values of the slots between them."""
    names = tuple(dict.fromkeys(part[0] for part in parts if isinstance(part, tuple)))
    values = {name: f"\x00{name}\x00" for name in names}
    wanted = "".join(part if isinstance(part, str) else values[part[0]] for part in parts)
    for escape in (_unchanged, _named, _doubled, _spaced):
        template = "".join(escape(part) if isinstance(part, str) else f"{{{part[0]}}}" for part in parts)
        if set(placeholders(template)) == set(names) and render(template, values) == wanted:
            return template
    return template


def _unchanged(text: str) -> str:
    return text


def _named(text: str) -> str:
    return _LIKE_PLACEHOLDER.sub(r"{{\1}}", text)


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _spaced(text: str) -> str:
    """Keeps the braces apart from what is between them, where no way of writing leaves the text as it was."""
    return re.sub(r"([{}])(?=[{}A-Za-z_])", r"\1 ", text)

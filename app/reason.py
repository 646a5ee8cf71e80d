"""Tells the reasons of a strategy, or its settings, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TITLES: Final = {"stranger": "Unlike every task that it knows"}


def reason_title(name: str) -> str:
    """Returns what people call a reason that a strategy tells under a name."""
    return TITLES.get(name, name.replace("_", " ").capitalize())


def in_words(value: object) -> str:
    """Returns a part of an explanation or of a strategy for people: no quotes or braces, numbers with three digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {in_words(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(map(in_words, value)) or "none"
    return "none" if value is None else str(value)

"""Turns comparisons as other studios write them into conditions of a rule router."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipelines.condition import condition_problem

_NAMES: Final = {
    "contains": "contains",
    "not contains": "not contains",
    "notcontains": "not contains",
    "equals": "is",
    "equal": "is",
    "is": "is",
    "=": "is",
    "==": "is",
    "===": "is",
    "not equals": "is not",
    "notequal": "is not",
    "is not": "is not",
    "≠": "is not",
    "!=": "is not",
    "starts with": "starts",
    "startswith": "starts",
    "start with": "starts",
    "ends with": "ends",
    "endswith": "ends",
    "end with": "ends",
    "regex": "regex",
    "empty": "empty",
    "is empty": "empty",
    "isempty": "empty",
    "not empty": "not empty",
    "is not empty": "not empty",
    "notempty": "not empty",
}


def comparison(operator: str, value: str, *, ignore_case: bool = False, whole: bool = False) -> str | None:
    """Returns a condition on the text of the question, or None where there is none that says the same.

    With `whole` a regular expression counts only from the first character on.
    """
    name = _NAMES.get(" ".join(operator.lower().split()))
    text, wanted = ("text.as_lower", _quoted(value.lower())) if ignore_case else ("text", _quoted(value))
    written = {
        "contains": f"{wanted} in {text}",
        "not contains": f"not ({wanted} in {text})",
        "is": f"{text} == {wanted}",
        "is not": f"{text} != {wanted}",
        "starts": f"{text}.starts_with({wanted})",
        "ends": f"{text}.ends_with({wanted})",
        "regex": f"text {'=~' if whole else '=~~'} {_pattern(value)}",
        "empty": "text.is_empty",
        "not empty": "not text.is_empty",
    }.get(name or "")
    return written if written is not None and condition_problem(written) is None else None


def joined(conditions: Sequence[str], operator: str) -> str | None:
    """Returns the conditions joined by `and` or `or`, or None where the whole is no condition."""
    if not conditions:
        return None
    word = "or" if operator.lower() == "or" else "and"
    whole = conditions[0] if len(conditions) == 1 else f" {word} ".join(f"({condition})" for condition in conditions)
    return whole if condition_problem(whole) is None else None


def _quoted(text: str) -> str:
    escaped = re.sub(r"([\\'])", r"\\\1", text).replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f"'{escaped}'"


def _pattern(text: str) -> str:
    return "'" + text.replace("'", "\\'").replace("\n", "\\n") + "'"

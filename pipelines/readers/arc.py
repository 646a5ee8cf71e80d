"""ARC and OpenBookQA: science questions with lettered choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, text_of
from pipelines.reader import Peek, Reader


class Arc(Reader):
    """Reads a stem with labelled choices and the label of the right one, which may be a letter or a number.

    Source: Clark et al. 2018, the AI2 Reasoning Challenge, and Mihaylov et al. 2018, OpenBookQA; the files of AI2.
    """

    title: ClassVar[str] = "ARC or OpenBookQA"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first question has a stem and choices, beside the key of the answer."""
        question = peek.first.get("question")
        nested = isinstance(question, Mapping) and {"stem", "choices"} <= set(question)
        return 0.95 if nested and "answerKey" in peek.first else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the stem with its choices, lettered from A."""
        question = row.cells.get("question")
        stem, items = (question.get("stem"), question.get("choices")) if isinstance(question, Mapping) else (None, None)
        choices = _choices(items)
        key = row.required("answerKey").strip()
        if not choices or not text_of(stem).strip():
            raise RowRefused("there is no stem with a list of choices, each with label and text", "question")
        if key not in choices:
            raise RowRefused(f"found '{key[:50]}'; the choices are labelled {', '.join(choices)}", "answerKey")
        return built(
            id=row.text("id") or str(row.number),
            query=text_of(stem),
            references=(chr(ord("A") + list(choices).index(key)),),
            choices=tuple(choices.values()),
        )


def _choices(items: Any) -> dict[str, str]:
    found = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return {text_of(item.get("label")).strip(): text_of(item.get("text")).strip() for item in found}

"""Samples of OpenAI evals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.conversation import question_of
from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.reader import Peek, Reader


class OpenaiEvals(Reader):
    """Reads `input` (messages or text) and `ideal` (one answer or several).

    Source: OpenAI evals repository, build-eval.md; the messages before the last one of the user are in `extra`.
    """

    title: ClassVar[str] = "OpenAI evals"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has an input and an ideal answer."""
        return 0.95 if {"input", "ideal"} <= peek.columns and peek.first else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the samples."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the sample with every ideal answer."""
        query, rest = question_of(row, "input")
        return built(
            id=row.text("id") or str(row.number),
            query=query,
            references=row.texts("ideal"),
            extra={"input": rest} if rest else {},
        )

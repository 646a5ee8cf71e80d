"""TruthfulQA: questions that many people answer falsely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.example import Example
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow, names_of
from pipelines.data.table_text import table_rows
from pipelines.reader import Peek, Reader


class TruthfulQa(Reader):
    """Reads question, best, correct and incorrect answers; the incorrect ones are in `extra`.

    Source: Lin et al. 2022, TruthfulQA: Measuring How Models Mimic Human Falsehoods; the file of its repository.
    """

    title: ClassVar[str] = "TruthfulQA"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the header has the three columns of answers."""
        return 0.95 if {"Best Answer", "Correct Answers", "Incorrect Answers"} <= peek.columns else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the records below the header."""
        return table_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the question with every correct answer, the best one first."""
        correct = (row.required("Best Answer").strip(), *row.texts("Correct Answers", ";"))
        extra = {"incorrect": list(row.texts("Incorrect Answers", ";")), "source": row.text("Source")}
        return built(
            id=str(row.number),
            query=row.required("Question"),
            references=tuple(dict.fromkeys(correct)),
            tags=names_of([row.text("Category"), row.text("Type")]),
            extra=extra,
        )

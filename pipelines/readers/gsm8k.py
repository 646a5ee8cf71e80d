"""GSM8K: grade-school mathematics with a worked solution that ends in `#### 42`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow
from pipelines.reader import Peek, Reader

MARK: Final = "####"


class Gsm8k(Reader):
    """Reads question and worked solution; the reference is the number behind `####`, without thousands commas.

    Source: Cobbe et al. 2021, Training Verifiers to Solve Math Word Problems; the files of its repository.
    """

    title: ClassVar[str] = "GSM8K"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first answer has the mark of the final number."""
        return 0.95 if "question" in peek.first and MARK in str(peek.first.get("answer", "")) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the question with its number; the worked solution is in `extra`."""
        solution, mark, number = row.required("answer").rpartition(MARK)
        final = number.strip().replace(",", "")
        if not mark or not final:
            raise RowRefused(f"there is no '{MARK} NUMBER' at the end of the solution", "answer")
        return built(
            id=str(row.number),
            query=row.required("question"),
            references=(final,),
            tags=("mathematics",),
            extra={"solution": solution.strip()},
        )

"""MMLU-style multiple choice: question, four choices and a letter, without a header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.data.example import Example
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow
from pipelines.data.table_text import table_rows
from pipelines.reader import Peek, Reader

COLUMNS: Final = ("question", "A", "B", "C", "D", "answer")


class Mmlu(Reader):
    """Reads CSV without a header: question, choices A to D, letter of the right one.

    Source: Hendrycks et al. 2021, Measuring Massive Multitask Language Understanding; the files of its repository.
    """

    title: ClassVar[str] = "MMLU"

    def sniff(self, peek: Peek) -> float:
        """Returns a high number where each of the first records has six cells and ends in a letter from A to D."""
        records = [record for record in peek.records[:5] if record]
        whole = records[:-1] or records
        fits = whole and all(len(record) == len(COLUMNS) and record[-1].strip() in "ABCD" for record in whole)
        return 0.9 if fits and all(record[-1].strip() for record in whole) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields every record, the first one too."""
        return table_rows(content, COLUMNS)

    def example(self, row: RawRow) -> Example:
        """Returns the question with its four choices."""
        letter = row.text("answer").strip().upper()
        if letter not in ("A", "B", "C", "D"):
            raise RowRefused(f"found '{letter[:50]}'; the answer is A, B, C or D", "answer")
        choices = tuple(row.text(name).strip() for name in COLUMNS[1:5])
        return built(id=str(row.number), query=row.required("question"), references=(letter,), choices=choices)

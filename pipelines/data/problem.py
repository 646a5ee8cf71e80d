"""What can be wrong with one row of a file, and the report of a whole file."""

from __future__ import annotations

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import DocumentError
from pipelines.record import Record


class RowRefused(DocumentError):
    """Says what is wrong with one row; whoever reads the file knows which row it is.

    Attributes:
        column: name of the column at fault, or None.
    """

    def __init__(self, message: str, column: str | None = None) -> None:
        """Takes what was found and what is allowed, and the column."""
        super().__init__(message)
        self.column = column


class Problem(Record):
    """Is what is wrong with one row.

    Attributes:
        file: name of the file; empty for a pasted table.
        row: number of the data row, from 1, headers not counted; None if it concerns the whole file.
        line: number of the line in a text file, from 1, on which the row begins.
    """

    file: str = ""
    row: int | None = None
    line: int | None = None
    column: str | None = None
    message: str

    def __str__(self) -> str:
        """Returns the problem with its place as one sentence."""
        row = None if self.row is None else f"row {self.row:,}{f' (line {self.line:,})' if self.line else ''}"
        column = None if self.column is None else f"column '{self.column}'"
        place = ", ".join(part for part in (self.file or "The table", row, column) if part)
        return f"{place}: {self.message}"


class ReadReport(Record):
    """Is what came out of a file.

    Attributes:
        kind: kind of the reader.
        problems: of the rows that were left out, the first thousand.
        skipped: how many rows were left out.
    """

    kind: str
    examples: tuple[Example, ...]
    problems: tuple[Problem, ...] = ()
    skipped: int = Field(default=0, ge=0)

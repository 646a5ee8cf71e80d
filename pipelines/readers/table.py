"""Tables of delimited text with a header: CSV, TSV, and what a spreadsheet puts on the clipboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.data.table_text import table_rows
from pipelines.reader import Peek, Reader


class Table(Reader):
    """Reads delimited text whose first record names the columns; comma, tab, semicolon and bar are told apart.

    Source: RFC 4180; other delimiters than the comma are taken as well.
    """

    title: ClassVar[str] = "Table (CSV or TSV)"
    mapped: ClassVar[bool] = True

    def sniff(self, peek: Peek) -> float:
        """Returns a middling number for a file named so, a small one for other text with more than one column."""
        if peek.suffix in (".csv", ".tsv", ".tab"):
            return 0.5
        return 0.3 if peek.records and len(peek.records[0]) > 1 else 0.1 if peek.records else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the records below the header."""
        return table_rows(content)

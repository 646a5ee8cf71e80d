"""Rows of delimited text: CSV, TSV and what spreadsheets put on the clipboard."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.data.text import LARGEST_FILE_BYTES, head_of
from pipelines.error import DocumentError

DELIMITERS: Final = (",", "\t", ";", "|")
NO_DELIMITER: Final = "\x1f"
MOST_COLUMNS: Final = 1_000
_SAMPLE_RECORDS = 20


def table_rows(content: bytes, header: Sequence[str] | None = None) -> Iterator[RawRow | Problem]:
    """Yields the rows of delimited text in UTF-8, and a problem for each that cannot be read.

    Without a `header` the first record names the columns.

    Raises:
        DocumentError: if the header itself cannot be used.
    """
    records = _records(content, delimiter_of(head_of(content)))
    columns = list(header) if header else _columns(records)
    number = 0
    for line, record in records:
        if isinstance(record, str):
            number += 1
            yield Problem(row=number, line=line, message=record)
        elif any(cell.strip() for cell in record):
            number += 1
            if len(record) == len(columns):
                yield RawRow(number, line, dict(zip(columns, record, strict=True)))
            else:
                named = ", ".join(columns[:20])
                count = f"{len(record)} cell{'s' * (len(record) != 1)}"
                message = f"the row has {count} where {len(columns)} are expected ({named})"
                yield Problem(row=number, line=line, message=message)


def first_records(head: str) -> list[list[str]]:
    """Returns the first records of delimited text as far as they can be read."""
    found = []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter_of(head))
    try:
        for record in reader:
            found.append(record)
            if len(found) > _SAMPLE_RECORDS:
                break
    except csv.Error:
        pass
    return found


def delimiter_of(head: str) -> str:
    """Returns the delimiter that parts the first records into the same number of columns most often.

    Where none parts the header either, the table has one column, and a sign is returned that no text has.
    """
    widths = {delimiter: _widths(head, delimiter) for delimiter in DELIMITERS}
    agreements = {delimiter: _agreement(found) for delimiter, found in widths.items()}
    best = max(DELIMITERS, key=lambda delimiter: (agreements[delimiter], widths[delimiter][:1]))
    return best if agreements[best] or max(widths[best][:1], default=1) > 1 else NO_DELIMITER


def _widths(head: str, delimiter: str) -> list[int]:
    """Returns how many cells the first records have."""
    found = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            if record:
                found.append(len(record))
            if len(found) > _SAMPLE_RECORDS:
                break
    except csv.Error:
        return found
    return found


def _agreement(widths: list[int]) -> float:
    """Returns the share of records of the commonest width, a little more for more columns, and 0 for one column."""
    # The last record of the beginning may be cut off.
    whole = widths[:-1] or widths
    width, count = Counter(whole).most_common(1)[0] if whole else (1, 0)
    return count / len(whole) * (1 + min(width, 10) / 100) if width > 1 else 0.0


def _records(content: bytes, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yields each record with the line it begins on, or the sentence of what is wrong with it."""
    # Cells are measured row by row with their place; the limit of the csv module would only say "line".
    csv.field_size_limit(LARGEST_FILE_BYTES)
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="replace", newline="")
    reader: Any = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _sentence(str(error))


def _sentence(error: str) -> str:
    if "unexpected end of data" in error:
        return "a quotation mark is opened and never closed"
    if "expected after" in error:
        return "text follows a closing quotation mark; write a quotation mark inside quotes twice"
    return f"the row cannot be read as delimited text ({error})"


def _columns(records: Iterator[tuple[int, list[str] | str]]) -> list[str]:
    for line, record in records:
        if isinstance(record, str):
            raise DocumentError(f"The header in line {line}: {record}.")
        if any(cell.strip() for cell in record):
            return _distinct([cell.strip() for cell in record], line)
    raise DocumentError("The table is empty; its first row names the columns, the rows follow.")


def _distinct(names: list[str], line: int) -> list[str]:
    if len(names) > MOST_COLUMNS:
        raise DocumentError(f"The header in line {line} has {len(names):,} columns; at most {MOST_COLUMNS:,} are read.")
    named = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    name, count = Counter(named).most_common(1)[0]
    if count > 1:
        raise DocumentError(f"The header in line {line} names the column '{name}' {count} times; name each once.")
    return named

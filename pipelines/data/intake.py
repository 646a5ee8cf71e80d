"""Reads a data set from the bytes of a file: finds the format, turns rows into examples, and accounts for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from pipelines.data.example import Example
from pipelines.data.guess import guess_mapping
from pipelines.data.mapping import ColumnMapping, json_of
from pipelines.data.problem import Problem, ReadReport, RowRefused
from pipelines.data.row import RawRow, refuse_oversized
from pipelines.data.text import as_utf8, unpacked
from pipelines.error import DocumentError, NotFound
from pipelines.reader import Peek, Reader
from pipelines.readers import reader_kinds

MOST_ROWS: Final = 1_000_000
MOST_PROBLEMS: Final = 1_000
SAMPLE_ROWS: Final = 50
LEAST_SURE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Source:
    """Is a file that was opened: its format is known and its text is UTF-8.

    Attributes:
        columns: of the first rows, where the columns mean nothing by themselves; else empty.
        sample: the first rows by column.
    """

    name: str
    kind: str
    content: bytes
    mapped: bool
    columns: tuple[str, ...]
    sample: tuple[dict[str, Any], ...]

    @property
    def title(self) -> str:
        """Returns what the page calls the format."""
        return reader_kinds()[self.kind].title

    def guess(self) -> ColumnMapping:
        """Returns the likeliest meaning of the columns."""
        return guess_mapping(self.columns, self.sample)


def recognise(content: bytes, name: str = "") -> str:
    """Returns the kind of the reader that is surest of a file.

    Raises:
        DocumentError: if none knows it.
    """
    peek = Peek(name, content)
    sure = {kind: cls().sniff(peek) for kind, cls in reader_kinds().items()}
    best = max(sure, key=lambda kind: sure[kind])
    if sure[best] < LEAST_SURE:
        titles = ", ".join(cls.title for cls in reader_kinds().values())
        raise DocumentError(f"{name or 'The table'} is of no format that is known here; known are: {titles}.")
    return best


def open_source(content: bytes, name: str = "", *, kind: str | None = None, encoding: str | None = None) -> Source:
    """Opens a file: unpacks it, finds its format unless it is given, and looks at the first rows.

    Raises:
        NotFound: if there is no reader of that kind.
        DocumentError: if it is too large, in another encoding, of no known format, or has no rows.
    """
    content, name = unpacked(content, name)
    if not content.strip():
        raise DocumentError(f"{name or 'The table'} is empty; a data set has at least one row.")
    if kind is not None and kind not in reader_kinds():
        raise NotFound(f"There is no data set format '{kind}'; there are {', '.join(reader_kinds())}.")
    if not _is_binary(content, name, kind):
        content = as_utf8(content, name, encoding)
    kind = kind or recognise(content, name)
    mapped = reader_kinds()[kind].mapped
    sample = _sample(Source(name, kind, content, mapped, (), ())) if mapped else ()
    columns = tuple(dict.fromkeys(column for row in sample for column in row))
    if mapped and not columns:
        raise DocumentError(f"{name or 'The table'} has no rows that can be read as {reader_kinds()[kind].title}.")
    return Source(name, kind, content, mapped, columns, sample)


def read_source(
    source: Source, mapping: ColumnMapping | None = None, *, collect: bool = False, limit: int | None = None
) -> ReadReport:
    """Reads the examples of an opened file, of the first `limit` rows if one is given.

    It stops at the first row that cannot be used, or with `collect` leaves such rows out and says so in the report.

    Raises:
        DocumentError: with file, row and column, if a row cannot be used, or the file as a whole cannot.
    """
    reader = reader_kinds()[source.kind]()
    meaning = mapping or source.guess() if source.mapped else None
    _refuse_unknown_columns(source, meaning)
    account = _Account(source.name, collect)
    for number, row in enumerate(islice(_rows(reader, source), limit), start=1):
        if number > MOST_ROWS:
            raise DocumentError(f"{source.name or 'The table'} has more than {MOST_ROWS:,} rows; import it in parts.")
        account.add(row, reader, meaning)
    return account.report(source.kind)


def read_examples(
    content: bytes,
    name: str = "",
    *,
    kind: str | None = None,
    mapping: ColumnMapping | None = None,
    collect: bool = False,
    limit: int | None = None,
) -> ReadReport:
    """Opens and reads a file in one go; see `open_source` and `read_source`."""
    return read_source(open_source(content, name, kind=kind), mapping, collect=collect, limit=limit)


@dataclass(slots=True)
class _Account:
    """Collects what comes of the rows."""

    file: str
    collect: bool
    examples: list[Example] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0
    rows_by_id: dict[str, int] = field(default_factory=dict)

    def add(self, row: RawRow | Problem, reader: Reader, mapping: ColumnMapping | None) -> None:
        if isinstance(row, Problem):
            self._refuse(row.model_copy(update={"file": self.file}))
            return
        try:
            refuse_oversized(row)
            example = mapping.example(row) if mapping else _plain(reader.example(row))
            if example is not None:
                self._refuse_repeated(example, row)
                self.examples.append(example)
        except RowRefused as error:
            place = {"file": self.file, "row": row.number, "line": row.line, "column": error.column}
            self._refuse(Problem(**place, message=str(error)))

    def report(self, kind: str) -> ReadReport:
        return ReadReport(kind=kind, examples=tuple(self.examples), problems=tuple(self.problems), skipped=self.skipped)

    def _refuse_repeated(self, example: Example, row: RawRow) -> None:
        first = self.rows_by_id.setdefault(example.id, row.number)
        if first != row.number:
            raise RowRefused(f"the id '{example.id}' is that of row {first:,} too; every row needs its own")

    def _refuse(self, problem: Problem) -> None:
        if not self.collect:
            raise DocumentError(f"{problem}.")
        self.skipped += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def _plain(example: Example | None) -> Example | None:
    """Returns the example with nothing in `extra` that JSON could not hold."""
    return example.model_copy(update={"extra": json_of(example.extra)}) if example and example.extra else example


def _rows(reader: Reader, source: Source) -> Iterator[RawRow | Problem]:
    try:
        yield from reader.rows(source.content)
    except DocumentError as error:
        raise DocumentError(f"{source.name}: {error}" if source.name else str(error)) from error


def _sample(source: Source) -> tuple[dict[str, Any], ...]:
    """Returns the cells of the first rows.

    Raises:
        DocumentError: if there are some and none of them can be read.
    """
    rows = list(islice(_rows(reader_kinds()[source.kind](), source), SAMPLE_ROWS))
    good = tuple(dict(row.cells) for row in rows if isinstance(row, RawRow))
    if rows and not good and isinstance(rows[0], Problem):
        raise DocumentError(f"{rows[0].model_copy(update={'file': source.name})}.")
    return good


def _is_binary(content: bytes, name: str, kind: str | None) -> bool:
    if kind is not None:
        return reader_kinds()[kind].binary
    peek = Peek(name, content)
    return any(cls().sniff(peek) == 1.0 for cls in reader_kinds().values() if cls.binary)


def _refuse_unknown_columns(source: Source, mapping: ColumnMapping | None) -> None:
    unknown = [name for name in (mapping.columns() if mapping else ()) if name not in source.columns]
    if unknown:
        known = ", ".join(source.columns[:30])
        raise DocumentError(f"{source.name or 'The table'} has no column '{unknown[0]}'; it has {known}.")

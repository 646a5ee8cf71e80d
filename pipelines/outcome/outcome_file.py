"""A file of outcomes that was opened: what contains it, its columns and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import PurePath
from typing import Any, Final, Literal, Self

from pipelines.data.json_text import json_rows, whole_json
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.data.table_text import table_rows
from pipelines.data.text import as_utf8, unpacked
from pipelines.error import DocumentError
from pipelines.readers.parquet import MARK, Parquet

Container = Literal["table", "json", "parquet"]
SAMPLE_ROWS: Final = 50
_PICKLES: Final = (".pkl", ".pickle", ".joblib")


@dataclass(frozen=True)
class OutcomeFile:
    """Is a file whose container is known; text is UTF-8."""

    name: str
    content: bytes
    container: Container

    @classmethod
    def open(cls, name: str, content: bytes) -> Self:
        """Unpacks a file and finds out what it is.

        Raises:
            DocumentError: if it is empty, too large, damaged, in another encoding, or a pickle.
        """
        content, name = unpacked(content, name)
        if content.startswith(b"\x80") or name.lower().endswith(_PICKLES):
            raise DocumentError(
                f"{name} is a pickle, and reading one can run any program, so it is not read; on a machine where you"
                " trust the file, convert it with pandas.read_pickle(...).to_parquet(...) and import the Parquet file."
            )
        if not content.strip():
            raise DocumentError(f"{name} is empty; an outcome file has at least one row.")
        if content.startswith(MARK):
            return cls(name, content, "parquet")
        content = as_utf8(content, name)
        return cls(name, content, "json" if content.lstrip()[:1] in (b"{", b"[") else "table")

    @property
    def stem(self) -> str:
        """Returns the name without folders and suffix."""
        return PurePath(self.name).stem

    def rows(self) -> Iterator[RawRow | Problem]:
        """Yields the rows, and a problem for each unreadable one.

        Raises:
            DocumentError: if the file as a whole cannot be read.
        """
        match self.container:
            case "parquet":
                return Parquet().rows(self.content)
            case "json":
                return json_rows(self.content)
            case "table":
                return table_rows(self.content)

    @cached_property
    def sample(self) -> tuple[RawRow, ...]:
        """Returns the first rows that can be read."""
        return tuple(row for row in islice(self.rows(), SAMPLE_ROWS) if isinstance(row, RawRow))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Returns the columns of the first rows."""
        return tuple(dict.fromkeys(column for row in self.sample for column in row.cells))

    @cached_property
    def truth_columns(self) -> tuple[str, ...]:
        """Returns the columns of the first rows in which every cell says true or false."""
        rows = [{column: row.text(column).lower() for column in self.columns} for row in self.sample]
        return tuple(column for column in self.columns if all(row[column] in ("true", "false") for row in rows))

    @cached_property
    def header(self) -> dict[str, Any]:
        """Returns what a file that is one JSON object says beside its list of rows; else nothing."""
        if self.container != "json" or self.content.lstrip()[:1] != b"{":
            return {}
        try:
            whole = whole_json(self.content)
        except DocumentError:
            return {}
        return {key: value for key, value in whole.items() if not isinstance(value, (list, dict))}

"""What a data-set reader is: it knows a format by its beginning and turns each row into an example."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any, ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import first_object
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.data.table_text import first_records
from pipelines.data.text import head_of


@dataclass(frozen=True)
class Peek:
    """Is the beginning of a file, by which its format is recognised."""

    name: str
    content: bytes

    @cached_property
    def suffix(self) -> str:
        """Returns the end of the file name, such as `.csv`."""
        return PurePath(self.name.lower()).suffix

    @cached_property
    def head(self) -> str:
        """Returns the first 64 kB as text."""
        return head_of(self.content)

    @cached_property
    def first(self) -> dict[str, Any]:
        """Returns the first object of a JSON file; empty for other files."""
        return first_object(self.head) or {}

    @cached_property
    def records(self) -> list[list[str]]:
        """Returns the first records of delimited text; empty for JSON."""
        return [] if self.head.lstrip()[:1] in ("{", "[") else first_records(self.head)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Returns the names in the header of delimited text, or of the first object of JSON."""
        names = self.first or [cell.strip() for record in self.records[:1] for cell in record]
        return frozenset(names)


class Reader(ABC):
    """Is the base of every reader; the kind of a subclass is the name of its file.

    Attributes:
        title: what the page calls the format.
        mapped: the columns mean nothing by themselves, so a `ColumnMapping` says what they are.
        binary: the file is no text.
    """

    title: ClassVar[str]
    mapped: ClassVar[bool] = False
    binary: ClassVar[bool] = False

    @classmethod
    def kind(cls) -> str:
        """Returns the name of the format."""
        return cls.__module__.rpartition(".")[2]

    @abstractmethod
    def sniff(self, peek: Peek) -> float:
        """Returns how sure it is, from 0 to 1, that the file is of this format."""

    @abstractmethod
    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the rows of a file (text is UTF-8 without a mark), and a problem for each unreadable one.

        Raises:
            DocumentError: if the file as a whole cannot be read.
        """

    def example(self, row: RawRow) -> Example | None:
        """Returns the example of a row, or None where the row is none, such as a repetition.

        Raises:
            RowRefused: if the row lacks something, with the column.
        """
        raise NotImplementedError(f"The columns of the format '{self.title}' need a mapping.")

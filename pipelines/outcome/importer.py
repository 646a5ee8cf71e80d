"""What an importer of outcomes is: it knows a format by its first rows and turns each row into outcomes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.outcome.mapping import OutcomeMapping
from pipelines.outcome.outcome import Outcome
from pipelines.outcome.outcome_file import OutcomeFile


class Importer(ABC):
    """Is the base of every importer; the kind of a subclass is the name of its file.

    Attributes:
        title: what the page calls the format.
        mapped: the columns mean nothing by themselves, so an `OutcomeMapping` says what they are.
        note: what a person should know about the numbers of this format, or empty.
    """

    title: ClassVar[str]
    mapped: ClassVar[bool] = False
    note: ClassVar[str] = ""

    @classmethod
    def kind(cls) -> str:
        """Returns the name of the format."""
        return cls.__module__.rpartition(".")[2]

    def __init__(self, file: OutcomeFile, mapping: OutcomeMapping | None = None) -> None:
        """Takes the file, and what its columns mean."""
        self.file = file
        self.mapping = mapping

    @classmethod
    @abstractmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns how sure it is, from 0 to 1, that the file is of this format."""

    def rows(self) -> Iterator[RawRow | Problem]:
        """Yields the rows of a file, and a problem for each unreadable one.

        Raises:
            DocumentError: if the file as a whole cannot be read.
        """
        return self.file.rows()

    @abstractmethod
    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcomes of a row; one whose score is NaN leaves its cell missing.

        Raises:
            RowRefused: if the row lacks something, with the column.
        """

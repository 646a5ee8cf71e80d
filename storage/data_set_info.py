"""What is told of data sets without their rows, and how those that ship with the product are told of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.error import NotFound
from pipelines.record import Record
from storage.data_set_row import words_of
from storage.error import NameTaken

ShippedSets = Callable[[], Mapping[str, DataSet]]
RELEASED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


class DataSetInfo(Record):
    """Is a data set without its rows.

    Attributes:
        version: number of the current version; `examples` and `content_hash` are of that one.
        shipped: it comes with the product and cannot be changed.
    """

    name: str
    title: str
    description: str
    source: str
    licence: str
    version: int
    examples: int
    content_hash: str
    shipped: bool = False
    created_at: datetime
    updated_at: datetime


class DataVersionInfo(Record):
    """Is a version of a data set without its rows."""

    number: int
    examples: int
    content_hash: str
    message: str
    created_at: datetime


class DataPage(Record):
    """Is a piece of a version: `total` rows match, and these are some of them with their places from 0."""

    total: int
    rows: tuple[tuple[int, Example], ...]


class ShippedData:
    """Tells of the data sets of the product as storage tells of its own; each has one version and stays as it is."""

    def __init__(self, sets: ShippedSets) -> None:
        """Takes who knows them; asked only when they are needed."""
        self._sets = sets

    def names(self) -> tuple[str, ...]:
        """Returns their names."""
        return tuple(self._sets())

    def version(self, name: str, number: int | None) -> DataSet | None:
        """Returns the data set of that name, or None if the product has none.

        Raises:
            NotFound: if it has one and not in that version.
        """
        found = self._sets().get(name)
        if found is not None and number not in (None, 1):
            raise NotFound(f"The data set '{name}' comes with Routeloom and has only version 1, not {number}.")
        return found

    def page(self, data_set: DataSet, search: str, offset: int, limit: int) -> DataPage:
        """Returns some of the rows in which all the words of `search` occur."""
        words = search.lower().split()
        found = [
            (ordinal, example)
            for ordinal, example in enumerate(data_set.examples)
            if all(word in words_of(example) for word in words)
        ]
        return DataPage(total=len(found), rows=tuple(found[offset : offset + limit]))

    def infos(self) -> tuple[DataSetInfo, ...]:
        """Returns what is known of each."""
        return tuple(_info(data_set) for data_set in self._sets().values())

    def versions(self, data_set: DataSet) -> tuple[DataVersionInfo, ...]:
        """Returns the only version of one."""
        known = _info(data_set).model_dump(include={"examples", "content_hash", "created_at"})
        return (DataVersionInfo(number=1, message="Comes with Routeloom", **known),)

    def refuse(self, name: str) -> None:
        """Returns where a data set of that name may be written.

        Raises:
            NameTaken: if it comes with the product.
        """
        if name in self._sets():
            raise NameTaken(f"The data set '{name}' comes with Routeloom and stays as it is; choose another name.")


def _info(data_set: DataSet) -> DataSetInfo:
    return DataSetInfo(
        **data_set.model_dump(include={"name", "title", "description", "source", "licence"}),
        version=1,
        examples=len(data_set.examples),
        content_hash=data_set.content_hash,
        shipped=True,
        created_at=RELEASED_AT,
        updated_at=RELEASED_AT,
    )

"""Data sets and their versions: those stored here, and beside them those that ship with the product."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlmodel import col

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.error import DocumentError, NotFound, StaleWrite
from pipelines.record import now
from storage.codec import build, load
from storage.data_set_info import DataPage, DataSetInfo, DataVersionInfo, ShippedData, ShippedSets
from storage.data_set_row import (
    changed_hash,
    close_rows,
    read_examples,
    read_places,
    rows_of_version,
    write_rows,
    write_version,
)
from storage.database import Database
from storage.table import DataRowTable, DataSetTable, DataVersionTable

NAMED_AT_MOST: Final = 20
ABOUT: Final = ("name", "title", "description", "source", "licence")


class DataSets:
    """Keeps data sets; a change makes a new version, and every version stays readable."""

    def __init__(self, database: Database, shipped: ShippedSets = dict) -> None:
        """Takes the database, and who knows the data sets of the product."""
        self._database = database
        self._shipped = ShippedData(shipped)

    def put(self, data_set: DataSet, *, message: str = "") -> DataSetInfo:
        """Stores a data set under its name: as a new version if its rows differ from the current one.

        Raises:
            NameTaken: if a data set of the product has that name.
            DocumentError: if its rows hold what JSON cannot.
        """
        self._shipped.refuse(data_set.name)
        content_hash = _hash_of(data_set)
        with self._database.write() as connection:
            row = self._claim(connection, data_set)
            number = row.head + 1
            if row.head == 0 or _version(connection, row, row.head).content_hash != content_hash:
                _add_version(connection, row.id, number, content_hash, len(data_set.examples), message)
                write_version(connection, row.id, number, data_set.examples)
        return self.info(data_set.name)

    def edit(self, name: str, changes: Mapping[int, Example], *, parent: int, message: str = "") -> DataSetInfo:
        """Stores a new version of a data set in which the rows at these places, from 0, are others.

        Raises:
            NotFound: if there is no such data set, or no row at a place.
            NameTaken: if it comes with the product.
            StaleWrite: if `parent` is not the current version.
            DocumentError: if two rows would have the same id.
        """
        self._shipped.refuse(name)
        with self._database.write() as connection:
            row = self._find(connection, name, lock=True)
            if row.head != parent:
                raise StaleWrite(
                    f"The data set '{name}' is at version {row.head} and this change was made on version {parent};"
                    " nothing was overwritten."
                )
            content_hash, count = changed_hash(connection, row.id, parent, changes)
            if absent := [place for place in sorted(changes) if not 0 <= place < count]:
                raise NotFound(f"The data set '{name}' has {count:,} rows and none at place {absent[0]}.")
            if content_hash != _version(connection, row, parent).content_hash:
                _add_version(connection, row.id, parent + 1, content_hash, count, message)
                close_rows(connection, row.id, parent + 1, list(changes))
                write_rows(connection, row.id, parent + 1, changes)
        return self.info(name)

    def get(self, name: str, version: int | None = None) -> DataSet:
        """Returns a data set with all its rows, as it is or was at that version.

        Raises:
            NotFound: if there is no such data set or version.
        """
        if (shipped := self._shipped.version(name, version)) is not None:
            return shipped
        with self._database.read() as connection:
            row = self._find(connection, name)
            number = row.head if version is None else version
            _version(connection, row, number)
            examples = tuple(read_examples(connection, row.id, number))
        return build(DataSet, {**{key: getattr(row, key) for key in ABOUT}, "examples": examples})

    def page(
        self, name: str, version: int | None = None, *, search: str = "", offset: int = 0, limit: int = 100
    ) -> DataPage:
        """Returns some rows of a data set in which all the words of `search` occur.

        Raises:
            NotFound: if there is no such data set or version.
        """
        if (shipped := self._shipped.version(name, version)) is not None:
            return self._shipped.page(shipped, search, offset, limit)
        table = DataRowTable
        with self._database.read() as connection:
            row = self._find(connection, name)
            number = row.head if version is None else version
            version_row = _version(connection, row, number)
            words = search.lower().split()
            found = rows_of_version(row.id, number, col(table.ordinal), col(table.record))
            for word in words:
                found = found.where(col(table.words).contains(word, autoescape=True))
            if words:
                counted = select(func.count()).select_from(found.with_only_columns(col(table.ordinal)).subquery())
                total = connection.execute(counted).scalar_one()
                found = found.order_by(col(table.ordinal)).offset(offset).limit(limit)
            else:
                # The places of a version have no gaps, so the rows before the page need not be passed over.
                total = version_row.examples
                here = col(table.ordinal).between(offset, offset + limit - 1)
                found = found.where(here).order_by(col(table.ordinal))
            rows = connection.execute(found).all()
        return DataPage(total=total, rows=tuple((ordinal, load(Example, record)) for ordinal, record in rows))

    def at(self, name: str, places: Sequence[int], version: int | None = None) -> builtins.list[Example]:
        """Returns the rows at these places, from 0, in the order asked for.

        Raises:
            NotFound: if there is no such data set, version or place.
        """
        if (shipped := self._shipped.version(name, version)) is not None:
            found = dict(enumerate(shipped.examples))
        else:
            with self._database.read() as connection:
                row = self._find(connection, name)
                number = row.head if version is None else version
                _version(connection, row, number)
                found = read_places(connection, row.id, number, places)
        if absent := sorted(set(places) - set(found)):
            raise NotFound(f"The data set '{name}' has no row at place {absent[0]}.")
        return [found[place] for place in places]

    def info(self, name: str) -> DataSetInfo:
        """Returns what is known of a data set.

        Raises:
            NotFound: if there is none.
        """
        found = {info.name: info for info in self.list()}
        if name not in found:
            raise _not_found(name, list(found))
        return found[name]

    def versions(self, name: str) -> tuple[DataVersionInfo, ...]:
        """Returns the versions of a data set, newest first.

        Raises:
            NotFound: if there is no such data set.
        """
        if (shipped := self._shipped.version(name, None)) is not None:
            return self._shipped.versions(shipped)
        table = DataVersionTable
        columns = [getattr(table, key) for key in DataVersionInfo.model_fields]
        with self._database.read() as connection:
            row = self._find(connection, name)
            statement = select(*columns).where(col(table.set_id) == row.id).order_by(col(table.number).desc())
            rows = connection.execute(statement).mappings().all()
        return tuple(build(DataVersionInfo, dict(found)) for found in rows)

    def list(self) -> tuple[DataSetInfo, ...]:
        """Returns the data sets by name, those of the product last."""
        shipped = self._shipped.infos()
        with self._database.read() as connection:
            rows = connection.execute(_infos().order_by(col(DataSetTable.name))).mappings().all()
        taken = {info.name for info in shipped}
        return (*(build(DataSetInfo, dict(row)) for row in rows if row["name"] not in taken), *shipped)

    def delete(self, name: str) -> None:
        """Destroys a data set with all its versions.

        Raises:
            NotFound: if there is none.
            NameTaken: if it comes with the product.
        """
        self._shipped.refuse(name)
        with self._database.write() as connection:
            row = self._find(connection, name)
            connection.execute(delete(DataSetTable).where(col(DataSetTable.id) == row.id))

    def _claim(self, connection: Connection, data_set: DataSet) -> Row[Any]:
        moment = now()
        about = {key: getattr(data_set, key) for key in ABOUT}
        statement = self._database.insert(DataSetTable).values(**about, head=0, created_at=moment, updated_at=moment)
        # The row is held until the end of the transaction, so that no two writers number the same version.
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=about))
        return self._find(connection, data_set.name)

    def _find(self, connection: Connection, name: str, *, lock: bool = False) -> Row[Any]:
        table = DataSetTable
        columns = [col(table.id), col(table.head), *(getattr(table, key) for key in ABOUT)]
        statement = select(*columns).where(col(table.name) == name)
        found = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if found is None:
            known = connection.execute(select(col(table.name)).order_by(col(table.name))).scalars().all()
            raise _not_found(name, [*known, *self._shipped.names()])
        return found


def _infos() -> Select[Any]:
    sets, versions = DataSetTable, DataVersionTable
    about = [getattr(sets, key) for key in (*ABOUT, "created_at", "updated_at")]
    current = (col(versions.set_id) == col(sets.id)) & (col(versions.number) == col(sets.head))
    columns = [*about, col(sets.head).label("version"), col(versions.examples), col(versions.content_hash)]
    return select(*columns).join(versions, current)


def _add_version(
    connection: Connection, set_id: int, number: int, content_hash: str, examples: int, message: str
) -> None:
    moment = now()
    row = {"set_id": set_id, "number": number, "content_hash": content_hash, "examples": examples}
    connection.execute(insert(DataVersionTable).values(**row, message=message, created_at=moment))
    changed = update(DataSetTable).where(col(DataSetTable.id) == set_id)
    connection.execute(changed.values(head=number, updated_at=moment))


def _version(connection: Connection, row: Row[Any], number: int) -> Row[str, int]:
    table = DataVersionTable
    columns = (col(table.content_hash), col(table.examples))
    statement = select(*columns).where(col(table.set_id) == row.id, col(table.number) == number)
    found = connection.execute(statement).one_or_none()
    if found is None:
        raise NotFound(f"The data set '{row.name}' has no version {number}; it has 1 to {row.head}.")
    return found


def _hash_of(data_set: DataSet) -> str:
    try:
        return data_set.content_hash
    except (TypeError, ValueError) as error:
        raise DocumentError(f"The data set '{data_set.name}' cannot be saved as JSON: {error}.") from error


def _not_found(name: str, known: list[str]) -> NotFound:
    more = f" and {len(known) - NAMED_AT_MOST} more" if len(known) > NAMED_AT_MOST else ""
    return NotFound(f"There is no data set '{name}'; there is {', '.join(known[:NAMED_AT_MOST]) or 'none'}{more}.")

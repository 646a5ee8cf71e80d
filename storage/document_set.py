"""Named sets of documents that pipelines may consult."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlmodel import col

from pipelines.error import ConfigurationError, DocumentError
from pipelines.record import Record, now
from pipelines.value import Document
from storage.codec import build, dump, load
from storage.database import Database
from storage.error import NameTaken
from storage.table import DocumentSetTable, DocumentTable

LONGEST_NAME = 120


class DocumentSetInfo(Record):
    """Is a document set without its texts; `characters` counts all of them."""

    name: str
    documents: int
    characters: int
    created_at: datetime
    updated_at: datetime


class DocumentSets:
    """Keeps document sets; implements `DocumentLibrary`."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def create(self, name: str, documents: Sequence[Document]) -> DocumentSetInfo:
        """Stores a new set.

        Raises:
            NameTaken: if there is one of that name.
            DocumentError: if the name is empty or too long.
        """
        if not 1 <= len(name) <= LONGEST_NAME:
            raise DocumentError(f"The name has {len(name)} characters; a document set's name has 1 to {LONGEST_NAME}.")
        moment = now()
        row = {"name": name, "created_at": moment, "updated_at": moment}
        statement = self._database.insert(DocumentSetTable).values(row).on_conflict_do_nothing(index_elements=["name"])
        with self._database.write() as connection:
            set_id = connection.execute(statement.returning(col(DocumentSetTable.id))).scalar_one_or_none()
            if set_id is None:
                raise NameTaken(f"There is already a document set '{name}'; choose another name or replace it.")
            _add(connection, set_id, documents)
        return self._info(name)

    def replace(self, name: str, documents: Sequence[Document]) -> DocumentSetInfo:
        """Stores other documents under a known name.

        Raises:
            ConfigurationError: if there is no such set.
        """
        with self._database.write() as connection:
            set_id = _known(connection, name)
            connection.execute(delete(DocumentTable).where(col(DocumentTable.set_id) == set_id))
            changed = update(DocumentSetTable).where(col(DocumentSetTable.id) == set_id)
            connection.execute(changed.values(updated_at=now()))
            _add(connection, set_id, documents)
        return self._info(name)

    def list(self) -> tuple[DocumentSetInfo, ...]:
        """Returns the sets by name."""
        with self._database.read() as connection:
            rows = connection.execute(_infos().order_by(col(DocumentSetTable.name))).mappings().all()
        return tuple(build(DocumentSetInfo, dict(row)) for row in rows)

    def documents(self, name: str) -> tuple[Document, ...]:
        """Returns the documents of a set in their order.

        Raises:
            ConfigurationError: if there is no such set.
        """
        table = DocumentTable
        with self._database.read() as connection:
            statement = select(col(table.record)).where(col(table.set_id) == _known(connection, name))
            records = connection.execute(statement.order_by(col(table.ordinal))).scalars().all()
        return tuple(load(Document, record) for record in records)

    def delete(self, name: str) -> None:
        """Destroys a set with its documents.

        Raises:
            ConfigurationError: if there is no such set.
        """
        with self._database.write() as connection:
            set_id = _known(connection, name)
            connection.execute(delete(DocumentSetTable).where(col(DocumentSetTable.id) == set_id))

    def _info(self, name: str) -> DocumentSetInfo:
        with self._database.read() as connection:
            rows = connection.execute(_infos().where(col(DocumentSetTable.name) == name)).mappings().all()
        return build(DocumentSetInfo, dict(rows[0]))


def _known(connection: Connection, name: str) -> int:
    table = DocumentSetTable
    found = connection.execute(select(col(table.id)).where(col(table.name) == name)).scalar_one_or_none()
    if found is None:
        known = connection.execute(select(col(table.name)).order_by(col(table.name))).scalars().all()
        raise ConfigurationError(f"There is no document set '{name}'; there is {', '.join(known) or 'none'}.")
    return int(found)


def _add(connection: Connection, set_id: int, documents: Sequence[Document]) -> None:
    rows = [
        {
            "set_id": set_id,
            "ordinal": ordinal,
            "title": document.title,
            "sha256": hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest(),
            "characters": len(document.text),
            "record": dump(document),
        }
        for ordinal, document in enumerate(documents)
    ]
    if rows:
        connection.execute(insert(DocumentTable), rows)


def _infos() -> Any:
    sets, documents = DocumentSetTable, DocumentTable
    characters = func.coalesce(func.sum(col(documents.characters)), 0)
    columns = [col(sets.name), col(sets.created_at), col(sets.updated_at)]
    return (
        select(*columns, func.count(col(documents.id)).label("documents"), characters.label("characters"))
        .outerjoin(documents, col(documents.set_id) == col(sets.id))
        .group_by(*columns)
    )

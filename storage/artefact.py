"""Artefacts: small cards with large content, in immutable versions by name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NoReturn

from sqlalchemy import Row, delete, func, insert, select
from sqlmodel import col

from pipelines.error import NotFound
from pipelines.record import now
from storage.codec import plain
from storage.database import Database
from storage.reference import parse_reference
from storage.table import ArtefactTable

ArtefactKind = Literal["router", "outcome_table"]


@dataclass(frozen=True, slots=True)
class Artefact:
    """Is one version of an artefact; `content` is empty in a list."""

    name: str
    number: int
    content_hash: str
    created_at: datetime
    card: str
    content: bytes = b""


class Artefacts:
    """Keeps the artefacts of one kind; the same content under the same name is stored once."""

    def __init__(self, database: Database, kind: ArtefactKind, title: str) -> None:
        """Takes the database, the kind, and what a person calls it, such as `trained router`."""
        self._database = database
        self._kind = kind
        self._title = title

    def put(self, name: str, card: str, content: bytes) -> int:
        """Stores the next version, unless the newest has the same card and content, and returns its number."""
        content_hash = hashlib.sha256(card.encode("utf-8", "replace") + b"\0" + content).hexdigest()
        table = ArtefactTable
        with self._database.write() as connection:
            newest = connection.execute(
                select(col(table.number), col(table.content_hash))
                .where(col(table.kind) == self._kind, col(table.name) == name)
                .order_by(col(table.number).desc())
                .limit(1)
            ).first()
            if newest is not None and newest.content_hash == content_hash:
                return int(newest.number)
            number = 1 if newest is None else int(newest.number) + 1
            row = {"kind": self._kind, "name": name, "number": number, "content_hash": content_hash}
            row |= {"created_at": now(), "card": plain(card), "content": content}
            connection.execute(insert(table), [row])
        return number

    def get(self, reference: str) -> Artefact:
        """Returns the artefact `name` or `name@version`.

        Raises:
            NotFound: if there is none.
        """
        name, number = parse_reference(reference)
        table = ArtefactTable
        wanted = select(
            col(table.name),
            col(table.number),
            col(table.content_hash),
            col(table.created_at),
            col(table.card),
            col(table.content),
        ).where(col(table.kind) == self._kind, col(table.name) == name)
        if number is not None:
            wanted = wanted.where(col(table.number) == number)
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(col(table.number).desc()).limit(1)).first()
        if found is None:
            self._refuse(reference)
        return _artefact(found)

    def version(self, reference: str) -> tuple[str, int]:
        """Returns name and number of the version that `name` or `name@version` means now, without reading it.

        Raises:
            NotFound: if there is none.
        """
        name, number = parse_reference(reference)
        table = ArtefactTable
        wanted = select(col(table.number)).where(col(table.kind) == self._kind, col(table.name) == name)
        if number is not None:
            wanted = wanted.where(col(table.number) == number)
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(col(table.number).desc()).limit(1)).scalar_one_or_none()
        if found is None:
            self._refuse(reference)
        return name, int(found)

    def list(self) -> list[Artefact]:
        """Returns the newest version of each, without content, by name."""
        table = ArtefactTable
        newest = (
            select(col(table.name).label("name"), func.max(col(table.number)).label("number"))
            .where(col(table.kind) == self._kind)
            .group_by(col(table.name))
            .subquery()
        )
        wanted = (
            select(col(table.name), col(table.number), col(table.content_hash), col(table.created_at), col(table.card))
            .join(newest, (col(table.name) == newest.c.name) & (col(table.number) == newest.c.number))
            .where(col(table.kind) == self._kind)
            .order_by(col(table.name))
        )
        with self._database.read() as connection:
            return [_artefact(row) for row in connection.execute(wanted)]

    def delete(self, name: str) -> None:
        """Forgets all versions of a name; does nothing where there is none."""
        table = ArtefactTable
        with self._database.write() as connection:
            connection.execute(delete(table).where(col(table.kind) == self._kind, col(table.name) == name))

    def _refuse(self, reference: str) -> NoReturn:
        known = ", ".join(artefact.name for artefact in self.list()) or "none"
        raise NotFound(f"There is no {self._title} '{reference}'; there is {known}.")


def _artefact(row: Row) -> Artefact:  # type: ignore[type-arg]  # a row of any of the two statements
    return Artefact(**row._mapping)

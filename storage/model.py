"""The models that the user added to the catalogue or changed."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlmodel import col

from pipelines.catalogue import ModelEntry
from pipelines.error import NotFound
from pipelines.record import now
from storage.codec import dump, load, plain
from storage.database import Database
from storage.table import ModelTable


class Models:
    """Keeps catalogue entries by name; an entry holds the name of a key's variable, never a key."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def list(self) -> tuple[ModelEntry, ...]:
        """Returns the entries by name."""
        with self._database.read() as connection:
            records = connection.execute(select(col(ModelTable.record)).order_by(col(ModelTable.name))).scalars().all()
        return tuple(load(ModelEntry, record) for record in records)

    def put(self, entry: ModelEntry) -> None:
        """Stores an entry; it replaces the one of the same name."""
        row = {"record": dump(entry), "updated_at": now()}
        statement = self._database.insert(ModelTable).values(name=entry.name, **row)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

    def remove(self, name: str) -> None:
        """Forgets an entry.

        Raises:
            NotFound: if none of that name is stored.
        """
        with self._database.write() as connection:
            done = connection.execute(delete(ModelTable).where(col(ModelTable.name) == name))
            if done.rowcount == 0:
                known = connection.execute(select(col(ModelTable.name)).order_by(col(ModelTable.name))).scalars().all()
                raise NotFound(
                    f"No model '{plain(name)}' was added here; added or changed are {', '.join(known) or 'none'}."
                )

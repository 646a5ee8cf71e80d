"""Small JSON values by key: what a person set once and expects to find again."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from pipelines.record import now
from storage.database import Database
from storage.error import StorageError
from storage.table import SettingTable


class Settings:
    """Keeps settings; secrets do not belong here."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def get(self, key: str, default: Any = None) -> Any:
        """Returns the value as JSON knows it, or the default where nothing was put."""
        with self._database.read() as connection:
            statement = select(col(SettingTable.value)).where(col(SettingTable.key) == key)
            found = connection.execute(statement).scalar_one_or_none()
        return default if found is None else json.loads(found)

    def put(self, key: str, value: Any) -> None:
        """Stores a JSON value; it replaces the one of the same key.

        Raises:
            StorageError: if the value is not JSON.
        """
        try:
            text = json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise StorageError(f"The setting '{key}' is not a JSON value: {error}.") from error
        row = {"value": text, "updated_at": now()}
        statement = self._database.insert(SettingTable).values(key=key, **row)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))

    def remove(self, key: str) -> None:
        """Forgets a setting; does nothing where there is none."""
        with self._database.write() as connection:
            connection.execute(delete(SettingTable).where(col(SettingTable.key) == key))

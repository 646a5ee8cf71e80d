"""Inserts rows of one table by a statement that is compiled once: for each group SQLAlchemy costs more than SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Insert
from sqlmodel import SQLModel


class RowInsert:
    """Is an INSERT of whole rows, the primary key counted by the database left out."""

    def __init__(self, table: type[SQLModel], statement: Insert, dialect: Dialect) -> None:
        """Takes the table, its INSERT with any ON CONFLICT but without values, and the dialect of the database."""
        columns = {name: statement.table.c[name] for name in table.model_fields if name != "sequence"}
        compiled = statement.inline().compile(dialect=dialect, column_keys=list(columns))
        self._sql = compiled.string
        self._is_positional = bool(dialect.positional)
        self._columns = tuple(
            (name, column.type.dialect_impl(dialect).bind_processor(dialect)) for name, column in columns.items()
        )

    def store(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts the rows, each with a value for every column.

        Raises:
            ValueError: if a value does not fit its column.
        """
        if not rows:
            return
        columns = self._columns
        if self._is_positional:
            values: Any = [
                tuple([row[name] if process is None else process(row[name]) for name, process in columns])
                for row in rows
            ]
        else:
            values = [
                {name: row[name] if process is None else process(row[name]) for name, process in columns}
                for row in rows
            ]
        connection.exec_driver_sql(self._sql, values)

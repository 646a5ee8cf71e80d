"""Writes rows by a statement that is compiled once: for each group SQLAlchemy costs more than SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Delete, Dialect, Insert
from sqlmodel import SQLModel


class RowStatement:
    """Is an INSERT or DELETE that is executed once for each row."""

    def __init__(self, statement: Insert | Delete, columns: Mapping[str, ColumnElement[Any]], dialect: Dialect) -> None:
        """Takes the statement, the column that gives each of its parameters its type, and the dialect."""
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        self._sql = compiled.string
        self._is_positional = bool(dialect.positional)
        self._columns = tuple(
            (name, column.type.dialect_impl(dialect).bind_processor(dialect)) for name, column in columns.items()
        )

    @classmethod
    def insert(cls, table: type[SQLModel], statement: Insert, dialect: Dialect) -> RowStatement:
        """Returns the INSERT of whole rows of a table, without the number that the database counts."""
        names = [name for name in table.model_fields if name != "sequence"]
        return cls(statement.inline(), {name: statement.table.c[name] for name in names}, dialect)

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Executes the statement for each row, which has a value for every parameter.

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

"""Runs a query of a model on a small database in memory: read-only, within limits of time, steps, rows and sizes."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final

from pydantic import Field

from pipelines.error import DocumentError
from pipelines.prompt import shortened
from pipelines.record import Record

LIMIT_S: Final = 2.0
MAX_STEPS: Final = 20_000_000
MAX_ROWS: Final = 10_000
MAX_RESULT_BYTES: Final = 5_000_000
MAX_CELL_BYTES: Final = 100_000
MAX_SQL_CHARACTERS: Final = 200_000
_MAX_PAGES = 16_384
_STEPS_BETWEEN_LOOKS = 2_000
_REFUSED_FUNCTIONS = frozenset({"load_extension", "random", "randomblob", "zeroblob", "fts3_tokenizer", "edit"})
_READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_WRITES = frozenset(
    {
        sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_REINDEX,
    }
)  # fmt: skip
_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]{0,62}")

Cell = str | int | float | bytes | None
Database = str | Mapping[str, list[Mapping[str, Any]]]
"""An SQL script that builds the database, or the rows of each table by its name."""


class Table(Record):
    """Is the result of a query; `ordered` where the query itself asks for an order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = Field(max_length=MAX_ROWS)
    ordered: bool = False


def run_query(database: Database, sql: str) -> Table:
    """Returns the result of one SELECT on a database that is built for it.

    Raises:
        DocumentError: if the database cannot be built, or the query is wrong, wants to write or to reach outside, or
            goes past a limit.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_CHARACTERS)
        connection.execute(f"PRAGMA max_page_count = {_MAX_PAGES}")
        with _limited(connection, "The database of the row cannot be built"):
            connection.set_authorizer(_authoriser(_READS | _WRITES))
            _build(connection, database)
        with _limited(connection, "The query failed"):
            connection.set_authorizer(_authoriser(_READS))
            return _fetched(connection, sql)


def _build(connection: sqlite3.Connection, database: Database) -> None:
    if isinstance(database, str):
        connection.executescript(database)
        return
    for name, rows in database.items():
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) and row for row in rows):
            raise DocumentError(
                f"The table '{shortened(name, 40)}' must be a list of objects, one a row, at least one."
            )
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for word in (name, *columns):
            if not _NAME.fullmatch(word):
                raise DocumentError(f"A table or column is called '{shortened(word, 40)}'; letters and digits only.")
        listed = ", ".join(f'"{column}"' for column in columns)
        connection.execute(f'CREATE TABLE "{name}" ({listed})')
        places = ", ".join("?" for _ in columns)
        values = [tuple(_cell(row.get(column)) for column in columns) for row in rows]
        connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', values)  # noqa: S608


def _cell(value: Any) -> Cell:
    return value if isinstance(value, str | int | float | bytes | None) else str(value)


def _fetched(connection: sqlite3.Connection, sql: str) -> Table:
    statement = sql.strip().rstrip(";").strip()
    if not statement:
        raise DocumentError("The query is empty.")
    cursor = connection.execute(statement)
    rows, size = [], 0
    for row in cursor:
        rows.append(row)
        size += sum(len(cell) if isinstance(cell, str | bytes) else 8 for cell in row)
        if len(rows) > MAX_ROWS or size > MAX_RESULT_BYTES:
            raise DocumentError(f"The query gives more than {MAX_ROWS:,} rows or {MAX_RESULT_BYTES:,} characters.")
    columns = tuple(str(column[0]) for column in cursor.description or ())
    return Table(columns=columns, rows=tuple(rows), ordered=_asks_for_order(statement))


def _asks_for_order(statement: str) -> bool:
    """Says whether an ORDER BY stands outside of every bracket: inside it orders a part only."""
    plain = _COMMENT.sub(" ", _TEXT.sub("''", statement))
    outside, depth = [], 0
    for character in plain:
        depth += {"(": 1, ")": -1}.get(character, 0)
        outside.append(character if depth == 0 else " ")
    return re.search(r"\border\s+by\b", "".join(outside), re.IGNORECASE) is not None


def _authoriser(allowed: frozenset[int]) -> Callable[..., int]:
    def decide(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION:
            refused = (second or "").lower() in _REFUSED_FUNCTIONS
            return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK
        del first
        return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY

    return decide


@contextmanager
def _limited(connection: sqlite3.Connection, what: str) -> Iterator[None]:
    """Stops whatever runs inside after 2 s or 20 million steps, and tells errors of SQLite as ours."""
    until_s, steps = time.monotonic() + LIMIT_S, 0

    def look() -> int:
        nonlocal steps
        steps += _STEPS_BETWEEN_LOOKS
        return int(steps > MAX_STEPS or time.monotonic() > until_s)

    connection.set_progress_handler(look, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError, OverflowError, ValueError) as error:
        over = steps > MAX_STEPS or time.monotonic() > until_s
        told = "it takes too long" if over else shortened(str(error), 200).rstrip(".")
        raise DocumentError(f"{what}: {told.encode('utf-8', 'replace').decode()}.") from error
    finally:
        connection.set_progress_handler(None, 0)

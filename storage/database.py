"""Opens the database: two engines, one that writes and one that only reads, both at the newest schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import SQLModel

from storage.error import DatabaseUnavailable, StorageError
from storage.file import prepare_file, refuse_damage
from storage.migration import is_current, migrate

BUSY_TIMEOUT_S = 30
LOG_PAGES = 4_000
Insert = sqlite.Insert | postgresql.Insert


class Database:
    """Holds the engines of one database.

    On SQLite the writing engine has one connection and takes the write lock when a transaction begins: a transaction
    that reads first and upgrades later would fail at once with "database is locked", however long it is told to wait.
    """

    def __init__(self, url: URL, writer: Engine, reader: Engine) -> None:
        """Takes the address and the two engines; `open` makes them."""
        self.url = url
        self._writer = writer
        self._reader = reader

    @classmethod
    def open(cls, url: str | Path) -> Database:
        """Opens a SQLite file (created if missing) or a PostgreSQL database by URL, and migrates it.

        Raises:
            StorageError: if it cannot be reached, is damaged, is something else or was written by a newer Routeloom;
                it is left as it was.
        """
        address = address_of(url)
        if address.get_backend_name() == "sqlite":
            path = Path(str(address.database))
            prepare_file(path)
            database = cls(address, _sqlite_engine(address, writes=True), _sqlite_engine(address, writes=False))
        else:
            database = cls(address, _postgres_engine(address, writes=True), _postgres_engine(address, writes=False))
        try:
            # Looked at by the reader first: a file that is refused is not even switched to the write-ahead log.
            with database.read() as connection:
                if database.is_sqlite:
                    refuse_damage(connection, path)
                current = is_current(connection, database.name)
            if not current:
                with database.write() as connection:
                    migrate(connection, database.name)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def is_sqlite(self) -> bool:
        """Says whether the database is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """Returns the address for a person, without a password."""
        return str(self.url.database) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Opens a transaction that is committed at the end, or rolled back by an error.

        Raises:
            StorageError: if the database refuses.
        """
        with self._told(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Opens a read-only transaction, which sees one moment and waits for no writer.

        Raises:
            StorageError: if the database refuses.
        """
        with self._told(), self._reader.begin() as connection:
            yield connection

    @property
    def dialect(self) -> Dialect:
        """Returns how this database is spoken to."""
        return self._writer.dialect

    def insert(self, table: type[SQLModel]) -> Insert:
        """Returns an INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Closes every connection; SQLite folds its log back into the file."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise _error(error, self.name, is_sqlite=self.is_sqlite) from error


def address_of(url: str | Path) -> URL:
    """Returns the SQLAlchemy address of a file path, a `sqlite:///` URL or a `postgresql://` URL.

    Raises:
        StorageError: if it is none of these.
    """
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser().absolute()))
    allowed = "use a file path, sqlite:///path or postgresql://user@host/name"
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StorageError(f"The database address cannot be read; {allowed}.") from error
    if address.drivername in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StorageError(f"Databases of the kind '{address.drivername}' are not supported; {allowed}.")
    if address.drivername == "sqlite" and address.database in (None, "", ":memory:"):
        raise StorageError("A SQLite database needs a file, because readers and the writer share it; name a path.")
    return address


def _sqlite_engine(url: URL, *, writes: bool) -> Engine:
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 2 * BUSY_TIMEOUT_S} if writes else {}
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}, **pool)
    event.listen(engine, "connect", _set_pragmas(writes=writes))
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "begin", lambda connection: connection.connection.driver_connection.execute(begin))
    return engine


def _set_pragmas(*, writes: bool) -> Callable[[Any, Any], None]:
    def set_pragmas(connection: Any, _record: Any) -> None:
        # The driver would open transactions by itself, and deferred ones; this leaves them to the "begin" event.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
        connection.execute("PRAGMA foreign_keys=ON")
        if writes:
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode != "wal":
                connection.close()
                raise StorageError("The database needs a folder on a local disk; this one refuses the write-ahead log.")
            connection.execute("PRAGMA synchronous=NORMAL")
            # Batches write the same pages of the indexes again and again; folding them back less often saves a fifth.
            connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
        else:
            connection.execute("PRAGMA query_only=ON")

    return set_pragmas


def _postgres_engine(url: URL, *, writes: bool) -> Engine:
    arguments = {} if writes else {"options": "-c default_transaction_read_only=on"}
    try:
        return create_engine(url, connect_args=arguments, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StorageError(
            "PostgreSQL needs the driver psycopg; install it with: pip install 'routeloom[postgres]'."
        ) from error


def _error(error: Exception, name: str, *, is_sqlite: bool) -> StorageError:
    # The text of the outer error repeats the statement with its values; what the driver says is enough.
    cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    first = (cause.strip().splitlines() or ["no reason given"])[0].rstrip(".")
    for sign, (kind, meaning) in _KNOWN.items():
        if sign in first:
            return kind(f"The database {name} {meaning}.")
    # SQLite files a missing table under "operational" too; a server means that it is away or out of something.
    away = isinstance(error, PoolTimeout) or (isinstance(error, OperationalError) and not is_sqlite)
    return (DatabaseUnavailable if away else StorageError)(f"The database {name} refused: {first}.")


_KNOWN: dict[str, tuple[type[StorageError], str]] = {
    "is full": (DatabaseUnavailable, "has no room left; free disk space and try again"),
    "disk I/O": (DatabaseUnavailable, "cannot be read or written; check the disk"),
    "is locked": (
        DatabaseUnavailable,
        f"was busy for more than {BUSY_TIMEOUT_S} seconds; close whatever else writes to it",
    ),
    "readonly": (DatabaseUnavailable, "cannot be written; check the permissions of the file and its folder"),
    "not a database": (StorageError, "is not a SQLite file, or is damaged; it was left as it is"),
    "malformed": (StorageError, "is damaged; it was left as it is, restore a backup or choose another file"),
}

"""Brings a database to the schema of this program, and refuses one that is not ours or newer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.error import StorageError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0004"
"""The newest revision, known without loading Alembic: opening a database that has it costs one query."""

FOLDER = Path(__file__).parent / "migrations"
LOCK_NUMBER = 5_283_164


def is_current(connection: Connection, name: str) -> bool:
    """Says whether the database has the newest schema; an empty one has not.

    Raises:
        StorageError: if the database belongs to something else or to a newer Routeloom.
    """
    found = _revision(connection, name)
    if found is not None and found != HEAD:
        _refuse_unknown(found, name)
    return found == HEAD


def migrate(connection: Connection, name: str) -> None:
    """Runs the missing migrations inside the open transaction, so that all of them count or none.

    Raises:
        StorageError: as `is_current`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
    # Asked again behind the lock: another process may have migrated meanwhile.
    if is_current(connection, name):
        return
    from alembic import command

    config = _configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _configuration() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _refuse_unknown(found: str, name: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_configuration()).walk_revisions()}
    if found not in known:
        raise StorageError(
            f"The database {name} was written by a newer Routeloom (schema {found}, this one knows up to {HEAD}); "
            "it was left as it is, update Routeloom or choose another database."
        )


def _revision(connection: Connection, name: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise StorageError(
                f"The database {name} belongs to something else: it has a table '{min(tables)}' and no schema version; "
                "it was left as it is, choose another database."
            )
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)

"""Looks at a SQLite file before anything is written to it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from storage.error import StorageError

MAGIC = b"SQLite format 3\x00"
LARGEST_CHECKED_BYTES = 64 * 1024 * 1024
OWNER_ONLY = 0o600


def prepare_file(path: Path) -> None:
    """Makes sure of a SQLite file, or of a new one that only its owner may read: it will hold prompts.

    Raises:
        StorageError: if it is something else, or cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=OWNER_ONLY)
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
    except OSError as error:
        raise StorageError(f"The database {path} cannot be opened: {error.strerror}.") from error
    if start and start != MAGIC:
        raise StorageError(f"The file {path} is not a SQLite database; it was left as it is, choose another file.")


def refuse_damage(connection: Connection, path: Path) -> None:
    """Checks the structure of the file, unless it is so large that opening would take long.

    Raises:
        StorageError: if a page is damaged or missing.
    """
    if path.stat().st_size > LARGEST_CHECKED_BYTES:
        return
    finding = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    if finding != "ok":
        raise StorageError(
            f"The database {path} is damaged ({finding.splitlines()[0]}); it was left as it is, restore a backup."
        )

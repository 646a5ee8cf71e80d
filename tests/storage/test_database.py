"""A database opens safely: what is not ours, damaged or newer is refused and left as it was."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from storage import Storage, open_storage
from storage.database import address_of
from storage.error import DatabaseUnavailable, StorageError
from storage.journal import NewCall, Writer
from storage.migration import FOLDER, HEAD
from tests.storage.changed import call, pipeline


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Names a SQLite file that Routeloom made, with enough in it to fill some pages."""
    path = tmp_path / "routeloom.db"
    with open_storage(path) as opened:
        for number in range(40):
            opened.workflows.create(pipeline(f"Workflow {number}", text="x" * 500))
    return path


def test_the_migrations_make_the_schema_of_the_tables(storage: Storage) -> None:
    with storage.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_the_newest_migration_is_the_one_opened_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_reopening_finds_what_was_written(url: str) -> None:
    with open_storage(url) as first:
        first.workflows.create(pipeline(), slug="w")
    with open_storage(url) as second:
        assert second.workflows.pipeline("w") == pipeline()


def test_a_newer_schema_is_refused(url: str) -> None:
    with open_storage(url) as opened, opened.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"newer Routeloom \(schema 9999, this one knows up to 0004\)"):
        open_storage(url)


def test_a_database_of_something_else_is_refused(url: str) -> None:
    engine = create_engine(address_of(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cats (name TEXT)"))
    engine.dispose()
    with pytest.raises(StorageError, match="belongs to something else: it has a table 'cats'"):
        open_storage(url)


def test_reading_cannot_write(storage: Storage) -> None:
    with (
        pytest.raises(StorageError, match=r"readonly|cannot be written|read-only"),
        storage.database.read() as connection,
    ):
        connection.execute(text("DELETE FROM run"))


def test_a_failed_transaction_leaves_nothing(storage: Storage) -> None:
    statement = text("INSERT INTO setting (key, value, updated_at) VALUES ('a', '1', '2026-01-01 00:00:00')")
    with pytest.raises(ZeroDivisionError), storage.database.write() as connection:
        connection.execute(statement)
        raise ZeroDivisionError
    assert storage.settings.get("a") is None


def test_a_sqlite_file_works_as_measured(path: Path) -> None:
    with open_storage(path) as opened:
        with opened.database.write() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
        assert found == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 30_000, "foreign_keys": 1}


def test_a_new_file_is_private_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "routeloom.db"
    open_storage(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_url_names_the_same_file_as_a_path(path: Path) -> None:
    with open_storage(f"sqlite:///{path}") as opened:
        assert len(opened.workflows.list()) == 40


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 4\x00" + b"\x00" * 4_000])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StorageError, match="is not a SQLite database; it was left as it is"):
        open_storage(path)
    assert path.read_bytes() == content


def test_a_truncated_file_is_refused_and_left_alone(path: Path) -> None:
    content = path.read_bytes()[:-8_192]
    path.write_bytes(content)
    with pytest.raises(StorageError, match="damaged"):
        open_storage(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("page", [0, 1, 2, 3, 5, 8])
def test_a_damaged_page_is_refused_and_left_alone(path: Path, page: int) -> None:
    content = bytearray(path.read_bytes())
    start = page * 4_096 + (100 if page == 0 else 0)
    content[start : start + 200] = b"\xa5" * 200
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"damaged|is not a SQLite file"):
        open_storage(path)
    assert path.read_bytes() == content


def test_a_foreign_sqlite_file_is_not_even_switched_to_another_mode(tmp_path: Path) -> None:
    path = tmp_path / "cats.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(StorageError, match="belongs to something else"):
        open_storage(path)
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        open_storage(tmp_path)


@pytest.mark.parametrize(
    ("url", "meaning"),
    [
        ("mysql://root@localhost/x", "'mysql' are not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("://", "cannot be read"),
    ],
)
def test_an_unusable_address_is_told(url: str, meaning: str) -> None:
    with pytest.raises(StorageError, match=meaning):
        open_storage(url)


def test_an_absent_server_is_told_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable, match=r"^The database postgresql") as caught:
        open_storage("postgresql://somebody:opensesame@127.0.0.1:1/routeloom")
    assert "opensesame" not in str(caught.value)


async def test_a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_room(path: Path) -> None:
    with open_storage(path) as opened:
        _limit_pages(opened, 1)
        acknowledged = []
        with pytest.raises(DatabaseUnavailable, match="no room left"):
            for number in range(10_000):
                await opened.runs.put(call(number))
                acknowledged.append(f"call-{number}")
        assert [record.id for record in opened.runs.calls("run-1")] == acknowledged
        _limit_pages(opened, 1_000_000)
        await opened.runs.put(call(10_001))
        assert [record.id for record in opened.runs.calls("run-1")] == [*acknowledged, "call-10001"]


def test_a_group_that_a_full_disk_refuses_is_refused_as_one(path: Path) -> None:
    with open_storage(path) as opened:
        _limit_pages(opened, 1)
        group = [NewCall(call(number)) for number in range(500)]
        outcomes = Writer(opened.database).commit(group)
        assert isinstance(outcomes[0], DatabaseUnavailable)
        assert all(outcome is outcomes[0] for outcome in outcomes)
        assert opened.runs.calls("run-1") == []


def _limit_pages(opened: Storage, pages: int) -> None:
    # The writing engine has one connection, so the limit holds for every later write; it cuts nothing that is there.
    with opened.database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

"""A compiled statement writes rows as SQLAlchemy's own would, on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from storage import Storage
from storage.row_statement import RowStatement
from storage.table import LeaseTable

NOON = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))


def lease(run_id: str, moment: datetime = NOON) -> dict[str, object]:
    return {"run_id": run_id, "owner": "a\x00b \ud83d 漢", "expires_at": moment}


def put(storage: Storage) -> RowStatement:
    return RowStatement.insert(LeaseTable, storage.database.insert(LeaseTable), storage.database.dialect)


def stored(storage: Storage) -> list[tuple[str, str, datetime]]:
    statement = select(col(LeaseTable.run_id), col(LeaseTable.owner), col(LeaseTable.expires_at))
    with storage.database.read() as connection:
        return [(row.run_id, row.owner, row.expires_at) for row in connection.execute(statement)]


def test_rows_come_back_in_utc_and_with_what_no_database_takes_replaced(storage: Storage) -> None:
    with storage.database.write() as connection:
        put(storage).execute(connection, [lease("r1")])
    assert stored(storage) == [("r1", "a\ufffdb ? 漢", datetime(2026, 5, 1, 10, 0, 0, 250_000, tzinfo=UTC))]


def test_no_rows_are_no_statement(storage: Storage) -> None:
    with storage.database.write() as connection:
        put(storage).execute(connection, [])
    assert stored(storage) == []


def test_a_time_without_a_zone_is_refused(storage: Storage) -> None:
    with storage.database.write() as connection, pytest.raises(ValueError, match="no zone"):
        put(storage).execute(connection, [lease("r1", datetime(2026, 5, 1))])


def test_rows_are_deleted_one_by_one(storage: Storage) -> None:
    drop = delete(LeaseTable).where(col(LeaseTable.run_id) == bindparam("run_id"))
    statement = RowStatement(drop, {"run_id": drop.table.c.run_id}, storage.database.dialect)
    with storage.database.write() as connection:
        put(storage).execute(connection, [lease(name) for name in ("r1", "r2", "r3")])
        statement.execute(connection, [{"run_id": "r1"}, {"run_id": "r3"}])
    assert [row[0] for row in stored(storage)] == ["r2"]

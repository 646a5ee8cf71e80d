"""Writes runs, spans and calls in groups, and looks up calls in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from pipelines.chat import Call
from storage.codec import load, plain
from storage.database import Database
from storage.error import StorageError
from storage.run_row import Row
from storage.table import CallTable, RunTable, SnapshotTable, SpanTable


@dataclass(frozen=True, slots=True)
class RunState:
    """Is the whole present state of a run: it replaces what is stored, spans included."""

    snapshot: Row
    run: Row
    spans: tuple[Row, ...]
    ends: bool


@dataclass(frozen=True, slots=True)
class NewSpan:
    """Is a span to add."""

    row: Row


@dataclass(frozen=True, slots=True)
class NewCall:
    """Is a call to add; one with a known id is left as it is, so that writing again does no harm."""

    row: Row


@dataclass(frozen=True, slots=True)
class Lookup:
    """Asks for calls that have a reply: the first with a `key`, or all of a run in the order of writing."""

    by: Literal["key", "run_id"]
    value: str


Write = RunState | NewSpan | NewCall


class Writer:
    """Commits groups of writes."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database
        self._run = database.insert(RunTable)
        changing = {name: self._run.excluded[name] for name in RunTable.model_fields if name not in ("sequence", "id")}
        self._put_run = self._run.on_conflict_do_update(index_elements=["id"], set_=changing)
        self._put_call = database.insert(CallTable).on_conflict_do_nothing(index_elements=["id"])
        self._put_snapshot = database.insert(SnapshotTable).on_conflict_do_nothing(index_elements=["sha256"])
        self._drop_spans = delete(SpanTable).where(col(SpanTable.run_id) == bindparam("of_run"))

    def commit(self, writes: Sequence[Write]) -> list[StorageError | None]:
        """Stores the group in one transaction and returns an error or None for each write.

        Where a record is at fault each write gets a transaction of its own, so that one cannot spoil the rest; where
        the database is (full, busy, away) none is tried again.
        """
        try:
            self._store(writes)
        except (StorageError, ValueError, ArithmeticError) as error:
            if len(writes) > 1 and not isinstance(error.__cause__, OperationalError):
                return [outcome for write in writes for outcome in self.commit([write])]
            told = error if isinstance(error, StorageError) else StorageError(f"A record cannot be stored: {error}.")
            return [told] * len(writes)
        return [None] * len(writes)

    def _store(self, writes: Sequence[Write]) -> None:
        states = [write for write in writes if isinstance(write, RunState)]
        with self._database.write() as connection:
            self._store_states(connection, [state for state in states if not state.ends])
            if calls := [write.row for write in writes if isinstance(write, NewCall)]:
                connection.execute(self._put_call, calls)
            if spans := [write.row for write in writes if isinstance(write, NewSpan)]:
                connection.execute(insert(SpanTable), spans)
            self._store_states(connection, [state for state in states if state.ends])

    def _store_states(self, connection: Connection, states: Sequence[RunState]) -> None:
        if not states:
            return
        snapshots = {state.snapshot["sha256"]: state.snapshot for state in states}
        connection.execute(self._put_snapshot, list(snapshots.values()))
        connection.execute(self._put_run, [state.run for state in states])
        connection.execute(self._drop_spans, [{"of_run": state.run["id"]} for state in states])
        if spans := [row for state in states for row in state.spans]:
            connection.execute(insert(SpanTable), spans)


class Finder:
    """Looks up groups of calls."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def find(self, lookups: Sequence[Lookup]) -> list[tuple[Call, ...] | StorageError]:
        """Returns the calls that each look-up asks for."""
        keys = {plain(lookup.value) for lookup in lookups if lookup.by == "key"}
        runs = {plain(lookup.value) for lookup in lookups if lookup.by == "run_id"}
        try:
            with self._database.read() as connection:
                found = {"key": _first_by_key(connection, keys), "run_id": _all_by_run(connection, runs)}
            return [
                tuple(load(Call, text) for text in found[lookup.by].get(plain(lookup.value), ())) for lookup in lookups
            ]
        except StorageError as error:
            if len(lookups) > 1 and not isinstance(error.__cause__, OperationalError):
                return [outcome for lookup in lookups for outcome in self.find([lookup])]
            return [error] * len(lookups)


def _first_by_key(connection: Connection, keys: set[str]) -> dict[str, list[str]]:
    if not keys:
        return {}
    first = (
        select(func.min(col(CallTable.sequence)))
        .where(col(CallTable.key).in_(keys), col(CallTable.answered))
        .group_by(col(CallTable.key))
    )
    rows = connection.execute(
        select(col(CallTable.key), col(CallTable.record)).where(col(CallTable.sequence).in_(first))
    )
    return {key: [record] for key, record in rows}


def _all_by_run(connection: Connection, runs: set[str]) -> dict[str, list[str]]:
    if not runs:
        return {}
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        select(col(CallTable.run_id), col(CallTable.record))
        .where(col(CallTable.run_id).in_(runs), col(CallTable.answered))
        .order_by(col(CallTable.sequence))
    )
    for run_id, record in rows:
        found.setdefault(run_id, []).append(record)
    return found

"""Writes runs, spans and calls in groups, and looks up calls in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Select, bindparam, delete, func, select
from sqlmodel import col

from pipelines.chat import Call
from pipelines.run import Run, Span
from storage.codec import load, plain
from storage.database import Database
from storage.error import DatabaseUnavailable, StorageError
from storage.row_statement import RowStatement
from storage.run_row import Snapshots, call_row, run_row, span_row
from storage.table import ANSWERED, CallTable, RunTable, SnapshotTable, SpanTable


@dataclass(frozen=True, slots=True)
class RunState:
    """Is the whole present state of a run: it replaces what is stored.

    Attributes:
        added: the very spans were handed over one by one before, so they need not be written again.
    """

    run: Run
    added: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class NewSpan:
    """Is a span to add."""

    run_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class NewCall:
    """Is a call to add; one with a known id is left as it is, so that writing again does no harm."""

    call: Call


@dataclass(frozen=True, slots=True)
class Lookup:
    """Asks for calls: the first with a `key` that has a reply, or all of a run in the order of writing."""

    by: Literal["key", "run_id"]
    value: str


Write = RunState | NewSpan | NewCall


class Writer:
    """Turns groups of writes into rows and commits them."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database
        put = database.insert(RunTable)
        changing = {name: put.excluded[name] for name in RunTable.model_fields if name not in ("sequence", "id")}
        put_run = put.on_conflict_do_update(index_elements=["id"], set_=changing)
        put_call = database.insert(CallTable).on_conflict_do_nothing(index_elements=["id"])
        put_snapshot = database.insert(SnapshotTable).on_conflict_do_nothing(index_elements=["sha256"])
        dialect = database.dialect
        self._put_runs = RowStatement.insert(RunTable, put_run, dialect)
        self._put_calls = RowStatement.insert(CallTable, put_call, dialect)
        self._put_spans = RowStatement.insert(SpanTable, database.insert(SpanTable), dialect)
        self._put_snapshots = RowStatement.insert(SnapshotTable, put_snapshot, dialect)
        drop = delete(SpanTable).where(col(SpanTable.run_id) == bindparam("run_id"))
        self._drop_spans = RowStatement(drop, {"run_id": drop.table.c.run_id}, dialect)
        self._snapshots = Snapshots()
        self._incomplete: set[str] = set()

    def commit(self, writes: Sequence[Write]) -> list[StorageError | None]:
        """Stores the group in one transaction and returns an error or None for each write.

        Where a record is at fault each write gets a transaction of its own, so that one cannot spoil the rest; where
        the database is (full, busy, away) none is tried again.
        """
        try:
            self._store(writes)
        except (StorageError, ValueError, ArithmeticError) as error:
            if len(writes) > 1 and not isinstance(error, DatabaseUnavailable):
                return [outcome for write in writes for outcome in self.commit([write])]
            told = error if isinstance(error, StorageError) else StorageError(f"A record cannot be stored: {error}.")
            self._incomplete.update(write.run_id for write in writes if isinstance(write, NewSpan))
            return [told] * len(writes)
        self._incomplete -= {write.run.id for write in writes if isinstance(write, RunState)}
        return [None] * len(writes)

    def _store(self, writes: Sequence[Write]) -> None:
        states = [write for write in writes if isinstance(write, RunState)]
        calls = [call_row(write.call) for write in writes if isinstance(write, NewCall)]
        spans = [span_row(write.run_id, write.span) for write in writes if isinstance(write, NewSpan)]
        snapshots = {row["sha256"]: row for row in (self._snapshots.row(state.run.pipeline) for state in states)}
        # The beginning of a run that has ended in the same group need not be written.
        last = {state.run.id: state.run for state in states}
        runs = [run_row(run, self._snapshots.row(run.pipeline)["sha256"]) for run in last.values()]
        with self._database.write() as connection:
            self._put_snapshots.execute(connection, list(snapshots.values()))
            self._put_runs.execute(connection, runs)
            self._store_spans(connection, [state for state in states if not state.ends])
            self._put_calls.execute(connection, calls)
            self._put_spans.execute(connection, spans)
            self._store_spans(connection, [state for state in states if state.ends])

    def _store_spans(self, connection: Connection, states: Sequence[RunState]) -> None:
        # Nobody waits for a single span, so nobody heard if it failed: then the end of the run brings all of them.
        whole = [state.run for state in states if not state.added or state.run.id in self._incomplete]
        if whole:
            self._drop_spans.execute(connection, [{"run_id": run.id} for run in whole])
            self._put_spans.execute(connection, [span_row(run.id, span) for run in whole for span in run.spans])


class Finder:
    """Looks up groups of calls."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database

    def find(self, lookups: Sequence[Lookup]) -> list[tuple[Call, ...] | StorageError]:
        """Returns the calls that each look-up asks for, or an error; errors are met as in `Writer.commit`."""
        asked = {by: sorted({plain(lookup.value) for lookup in lookups if lookup.by == by}) for by in _STATEMENTS}
        found: dict[tuple[str, str], list[str]] = {}
        try:
            with self._database.read() as connection:
                for by, values in asked.items():
                    for value, record in connection.execute(_STATEMENTS[by], {"values": values}) if values else ():
                        found.setdefault((by, value), []).append(record)
            return [
                tuple(load(Call, record) for record in found.get((lookup.by, plain(lookup.value)), ()))
                for lookup in lookups
            ]
        except StorageError as error:
            if len(lookups) > 1 and not isinstance(error, DatabaseUnavailable):
                return [outcome for lookup in lookups for outcome in self.find([lookup])]
            return [error] * len(lookups)


def _first_by_key() -> Select[str, str]:
    # The condition is the very text of the partial index; SQLite would not recognise it in other words.
    wanted = col(CallTable.key).in_(bindparam("values", expanding=True))
    first = select(func.min(col(CallTable.sequence))).where(wanted, ANSWERED).group_by(col(CallTable.key))
    return select(col(CallTable.key), col(CallTable.record)).where(col(CallTable.sequence).in_(first))


def _all_by_run() -> Select[str, str]:
    wanted = col(CallTable.run_id).in_(bindparam("values", expanding=True))
    return select(col(CallTable.run_id), col(CallTable.record)).where(wanted).order_by(col(CallTable.sequence))


_STATEMENTS = {"key": _first_by_key(), "run_id": _all_by_run()}

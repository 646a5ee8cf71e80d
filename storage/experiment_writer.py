"""Writes rows of experiments in groups, and changes rows that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, update
from sqlmodel import SQLModel, col

from pipelines.error import NotFound
from pipelines.experiment.experiment import Row
from pipelines.scorer import Score
from storage.database import Database, Insert
from storage.error import DatabaseUnavailable, StorageError
from storage.experiment_row import PLACE, numbers_of, row_of, select_rows, texts_of
from storage.experiment_table import ExperimentAnswerTable, ExperimentRowTable


@dataclass(frozen=True, slots=True)
class RowWrite:
    """Is a row to store in place of what stood there."""

    numbers: dict[str, Any]
    texts: dict[str, Any]


class RowWriter:
    """Commits groups of rows."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database
        self._put_numbers = _upsert(database, ExperimentRowTable)
        self._put_texts = _upsert(database, ExperimentAnswerTable)

    def commit(self, writes: Sequence[RowWrite]) -> list[StorageError | None]:
        """Stores the group in one transaction and returns an error or None for each row.

        Where a record is at fault each gets a transaction of its own; where the database is, none is tried again.
        """
        try:
            with self._database.write() as connection:
                self.store(connection, writes)
        except (StorageError, ValueError, ArithmeticError) as error:
            if len(writes) > 1 and not isinstance(error, DatabaseUnavailable):
                return [outcome for write in writes for outcome in self.commit([write])]
            told = error if isinstance(error, StorageError) else StorageError(f"A row cannot be stored: {error}.")
            return [told] * len(writes)
        return [None] * len(writes)

    def store(self, connection: Connection, writes: Sequence[RowWrite]) -> None:
        """Stores rows inside an open transaction."""
        connection.execute(self._put_numbers, [write.numbers for write in writes])
        connection.execute(self._put_texts, [write.texts for write in writes])


def write_of(experiment: int, row: Row, scorers: Sequence[str]) -> RowWrite:
    """Returns a row as it is stored."""
    return RowWrite(numbers_of(experiment, row, scorers), texts_of(experiment, row))


def wait_again(connection: Connection, experiment: int) -> int:
    """Lets failed rows wait for another attempt, and unscored ones for their score; returns how many there are."""
    table = ExperimentRowTable
    failed = col(table.status) == "failed"
    earlier = col(table.earlier_cost_usd) + col(table.cost_usd) + col(table.judge_cost_usd)
    changed = (
        update(table)
        .where(col(table.experiment) == experiment, failed | col(table.unscored))
        .values(
            status="waiting",
            attempt=case((failed, col(table.attempt) + 1), else_=col(table.attempt)),
            earlier_cost_usd=case((failed, earlier), else_=col(table.earlier_cost_usd)),
            cost_usd=case((failed, 0.0), else_=col(table.cost_usd)),
            judge_cost_usd=case((failed, 0.0), else_=col(table.judge_cost_usd)),
            score=None,
            unscored=False,
        )
    )
    return connection.execute(changed).rowcount


def label_row(
    connection: Connection,
    writer: RowWriter,
    experiment: int,
    names: Sequence[str],
    place: Row,
    scorer: str,
    score: Score | None,
) -> Row:
    """Gives a row the score of a person, or takes it back (None), and returns the row.

    Raises:
        NotFound: if the row was not begun.
    """
    table = ExperimentRowTable
    wanted = [getattr(table, name) == getattr(place, name) for name in PLACE[1:]]
    found = connection.execute(select_rows().where(and_(col(table.experiment) == experiment, *wanted)))
    stored = found.mappings().one_or_none()
    if stored is None:
        raise NotFound("The row has no answer yet, so it cannot be labelled.")
    row = row_of(stored)
    errors = {name: error for name, error in row.score_errors.items() if name != scorer}
    scores = {name: given for name, given in row.scores.items() if name != scorer}
    scores |= {} if score is None else {scorer: score}
    labelled = row.model_copy(update={"scores": scores, "score_errors": errors})
    writer.store(connection, [write_of(experiment, labelled, names)])
    return labelled


def _upsert(database: Database, table: type[SQLModel]) -> Insert:
    put = database.insert(table)
    changing = {name: put.excluded[name] for name in table.model_fields if name not in PLACE}
    return put.on_conflict_do_update(index_elements=list(PLACE), set_=changing)

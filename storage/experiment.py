"""The experiments and their rows: written in groups by a thread, read as columns, as pages and as sums."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from datetime import datetime

import orjson
from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from pipelines.experiment.experiment import Experiment, ExperimentStatus, Row
from pipelines.experiment.progress import Progress
from pipelines.experiment.remainder import Remainder
from pipelines.experiment.results import ExampleColumns, Results
from pipelines.record import Record, now
from pipelines.scorer import Score
from storage.codec import build, dump, load
from storage.database import Database
from storage.experiment_known import KnownExperiments, examples_text, not_found
from storage.experiment_page import RowFilter, RowPage, find_rows
from storage.experiment_results import read_results
from storage.experiment_standing import Standing, read_standings
from storage.experiment_state import read_begun, read_begun_runs, read_ended, read_paid_usd, read_progress
from storage.experiment_table import ExperimentTable, ExperimentTagTable
from storage.experiment_writer import RowWrite, RowWriter, label_row, wait_again, write_of
from storage.group import GroupThread
from storage.lease import Leases

PAUSE_S = 0.05
"""Rows are lost to nobody while they wait: their calls are in the journal, so that a row is made again for nothing."""


class ExperimentInfo(Record):
    """Is an experiment as a list shows it; `rows` is how many it will have."""

    id: str
    title: str
    owner: str
    data_set: str
    status: ExperimentStatus
    error: str | None
    rows: int
    created_at: datetime


class Experiments:
    """Keeps experiments; `put` is for the event loop that runs one, everything else for pages and commands."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        """Takes the database and the clock of the leases."""
        self._database = database
        self._leases = Leases(database, clock)
        self._rows = RowWriter(database)
        self._writer: GroupThread[RowWrite, None] = GroupThread("row-writer", self._rows.commit, pause_s=PAUSE_S)
        self._known = KnownExperiments(database)

    def create(self, experiment: Experiment, examples: ExampleColumns, places: Sequence[int]) -> None:
        """Stores a new experiment with what is known of its examples and their places in the data set, from 0.

        Raises:
            StorageError: if there is one of that id.
        """
        row = {name: getattr(experiment, name) for name in ExperimentInfo.model_fields if name != "rows"}
        row["rows"] = len(examples.ids) * len(experiment.contenders) * experiment.settings.repeats
        statement = insert(ExperimentTable).values(
            **row, record=dump(experiment), examples=examples_text(examples), places=orjson.dumps(list(places)).decode()
        )
        with self._database.write() as connection:
            number = connection.execute(statement.returning(col(ExperimentTable.number))).scalar_one()
            tags = [
                {"experiment": number, "tag": tag, "example": place}
                for place, found in enumerate(examples.tags)
                for tag in dict.fromkeys(found)
            ]
            if tags:
                connection.execute(insert(ExperimentTagTable), tags)

    def get(self, experiment_id: str) -> Experiment:
        """Returns an experiment with its present status.

        Raises:
            NotFound: if there is none of that id.
        """
        columns = [col(ExperimentTable.record), col(ExperimentTable.status), col(ExperimentTable.error)]
        with self._database.read() as connection:
            statement = select(*columns).where(col(ExperimentTable.id) == experiment_id)
            found = connection.execute(statement).one_or_none()
        if found is None:
            raise not_found(experiment_id)
        stored = load(Experiment, found.record)
        return stored.model_copy(update={"status": found.status, "error": found.error})

    def list(self) -> builtins.list[ExperimentInfo]:
        """Returns the experiments, newest first."""
        columns = [getattr(ExperimentTable, name) for name in ExperimentInfo.model_fields]
        statement = select(*columns).order_by(col(ExperimentTable.number).desc())
        with self._database.read() as connection:
            return [build(ExperimentInfo, dict(row)) for row in connection.execute(statement).mappings()]

    def delete(self, experiment_id: str) -> None:
        """Destroys an experiment with its rows; the runs stay, since what they bought may be used again."""
        self._known.forget(experiment_id)
        with self._database.write() as connection:
            connection.execute(delete(ExperimentTable).where(col(ExperimentTable.id) == experiment_id))

    def update(self, experiment: Experiment) -> None:
        """Stores what may change of an experiment: title, budget, concurrency, estimate, status."""
        changes = {name: getattr(experiment, name) for name in ("title", "status", "error")}
        with self._database.write() as connection:
            changed = update(ExperimentTable).where(col(ExperimentTable.id) == experiment.id)
            connection.execute(changed.values(**changes, record=dump(experiment)))

    def set_status(self, experiment_id: str, status: ExperimentStatus, error: str | None = None) -> None:
        """Says how an experiment is, and why."""
        with self._database.write() as connection:
            changed = update(ExperimentTable).where(col(ExperimentTable.id) == experiment_id)
            connection.execute(changed.values(status=status, error=error))

    def examples(self, experiment_id: str) -> ExampleColumns:
        """Returns what is known of the examples, in their order."""
        return self._known.examples(experiment_id)

    def places(self, experiment_id: str) -> builtins.list[int]:
        """Returns where the examples stand in their data set, from 0."""
        return self._known.places(experiment_id)

    async def put(self, experiment_id: str, row: Row) -> None:
        """Stores a row, instead of an earlier one of the same place; returns once it would survive a crash.

        Raises:
            StorageError: if it could not be stored.
        """
        known = self._known.of(experiment_id)
        await self._writer.ask(write_of(known.number, row, known.scorers))

    def rows(
        self, experiment_id: str, wanted: RowFilter | None = None, *, offset: int = 0, limit: int = 100
    ) -> RowPage:
        """Returns some of the rows that match, by example, repeat and contender."""
        number = self._known.of(experiment_id).number
        with self._database.read() as connection:
            return find_rows(connection, number, wanted or RowFilter(), offset, limit)

    def results(self, experiment_id: str, scorer: str | None = None) -> Results:
        """Returns every row that has ended, as columns, with the score of one scorer, by default the first.

        Raises:
            NotFound: if there is no such experiment, or it has no such scorer.
        """
        known = self._known.of(experiment_id)
        place = None if scorer is None else known.place_of(scorer)
        examples = self._known.examples(experiment_id)
        with self._database.read() as connection:
            return read_results(connection, known.number, known.contenders, examples, place)

    def standings(self, experiment_ids: Sequence[str]) -> dict[str, tuple[Standing, ...]]:
        """Returns how the pipelines of some experiments stand, by experiment."""
        with self._database.read() as connection:
            return read_standings(connection, experiment_ids)

    def progress(self, experiment_id: str) -> Progress:
        """Returns how far an experiment is, as far as rows are stored."""
        experiment = self.get(experiment_id)
        with self._database.read() as connection:
            return read_progress(connection, self._known.of(experiment_id), experiment)

    def remainder(self, experiment_id: str) -> Remainder:
        """Returns what is left to do of an experiment."""
        known = self._known.of(experiment_id)
        with self._database.read() as connection:
            return Remainder(
                ended=read_ended(connection, known),
                begun=read_begun(connection, known),
                begun_runs=read_begun_runs(connection, known, experiment_id),
                paid_usd=read_paid_usd(connection, experiment_id),
            )

    def wait_again(self, experiment_id: str) -> int:
        """Lets the failed rows wait for another attempt, and those that a scorer failed on for their score.

        Returns how many there are.
        """
        with self._database.write() as connection:
            return wait_again(connection, self._known.of(experiment_id).number)

    def label(self, experiment_id: str, row: Row, scorer: str, score: Score | None) -> Row:
        """Gives a row the score of a person, or takes it back (None), and returns the row.

        Raises:
            NotFound: if there is no such scorer or row.
        """
        known = self._known.of(experiment_id)
        known.place_of(scorer)
        with self._database.write() as connection:
            return label_row(connection, self._rows, known.number, known.scorers, row, scorer, score)

    def lease(self, experiment_id: str, owner: str, seconds: float) -> bool:
        """Says whether `owner` has the experiment in hand now, for so many seconds unless renewed."""
        return self._leases.take(_lease_name(experiment_id), owner, seconds)

    def renew(self, experiment_id: str, owner: str, seconds: float) -> bool:
        """Says whether it is still the owner's, and if so keeps it for so many seconds from now."""
        return self._leases.renew(_lease_name(experiment_id), owner, seconds)

    def holder(self, experiment_id: str) -> str | None:
        """Returns who has it in hand now, or None where nobody has."""
        return self._leases.holder(_lease_name(experiment_id))

    def release(self, experiment_id: str, owner: str) -> None:
        """Gives it back; does nothing if it is somebody else's."""
        self._leases.release(_lease_name(experiment_id), owner)

    def close(self) -> None:
        """Writes what is waiting and ends the thread."""
        self._writer.close()


def _lease_name(experiment_id: str) -> str:
    return f"experiment/{experiment_id}"

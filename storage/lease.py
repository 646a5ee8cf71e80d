"""Leases: which worker has a run in hand, so that no second one resumes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlmodel import col

from pipelines.record import now
from storage.database import Database
from storage.table import LeaseTable


class Leases:
    """Hands runs out to one worker at a time; a lease that is not renewed ends by itself, as after a crash."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        """Takes the database and the clock; workers on several machines need clocks that agree to a second or so."""
        self._database = database
        self._clock = clock

    def take(self, run_id: str, owner: str, seconds: float) -> bool:
        """Says whether `owner` has the run now: nobody had it, the lease had ended, or it was theirs already."""
        moment = self._clock()
        row = {"run_id": run_id, "owner": owner, "expires_at": moment + timedelta(seconds=seconds)}
        statement = self._database.insert(LeaseTable).values(row)
        free = or_(col(LeaseTable.expires_at) <= moment, col(LeaseTable.owner) == owner)
        taken = statement.on_conflict_do_update(
            index_elements=["run_id"],
            set_={"owner": statement.excluded.owner, "expires_at": statement.excluded.expires_at},
            where=free,
        )
        with self._database.write() as connection:
            done = connection.execute(taken.returning(col(LeaseTable.run_id)))
            return done.scalar_one_or_none() is not None

    def take_all(self, run_ids: Sequence[str], owner: str, seconds: float) -> None:
        """Gives new runs, which nobody else can have yet, to `owner` in one transaction."""
        expires_at = self._clock() + timedelta(seconds=seconds)
        rows = [{"run_id": run_id, "owner": owner, "expires_at": expires_at} for run_id in run_ids]
        if rows:
            with self._database.write() as connection:
                connection.execute(insert(LeaseTable), rows)

    def renew_all(self, owner: str, seconds: float) -> None:
        """Keeps every run of the owner for so many seconds from now."""
        with self._database.write() as connection:
            connection.execute(
                update(LeaseTable)
                .where(col(LeaseTable.owner) == owner)
                .values(expires_at=self._clock() + timedelta(seconds=seconds))
            )

    def release_all(self, owner: str) -> None:
        """Gives every run of the owner back."""
        with self._database.write() as connection:
            connection.execute(delete(LeaseTable).where(col(LeaseTable.owner) == owner))

    def renew(self, run_id: str, owner: str, seconds: float) -> bool:
        """Says whether the run is still the owner's, and if so for how much longer: `seconds` from now."""
        with self._database.write() as connection:
            done = connection.execute(
                update(LeaseTable)
                .where(col(LeaseTable.run_id) == run_id, col(LeaseTable.owner) == owner)
                .values(expires_at=self._clock() + timedelta(seconds=seconds))
            )
            return done.rowcount == 1

    def holder(self, run_id: str) -> str | None:
        """Returns who has the run now, or None where nobody has."""
        statement = select(col(LeaseTable.owner)).where(
            col(LeaseTable.run_id) == run_id, col(LeaseTable.expires_at) > self._clock()
        )
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one_or_none()

    def release(self, run_id: str, owner: str) -> None:
        """Gives the run back; does nothing if it is somebody else's."""
        with self._database.write() as connection:
            connection.execute(
                delete(LeaseTable).where(col(LeaseTable.run_id) == run_id, col(LeaseTable.owner) == owner)
            )

"""The log of runs: what the engine writes while it runs, and what pages and commands read afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlmodel import col

from pipelines.chat import Call
from pipelines.document import load_pipeline
from pipelines.estimate.history import History
from pipelines.record import Record, now
from pipelines.run import Run, RunStatus, Span
from storage.codec import build, load
from storage.database import Database
from storage.group import GroupThread
from storage.journal import Finder, Lookup, NewCall, NewSpan, RunState, Write, Writer
from storage.lease import Leases
from storage.past import read_history
from storage.table import ALONE, CallTable, LeaseTable, RunTable, SnapshotTable, SpanTable

PAUSE_S = 0.001


class RunInfo(Record):
    """Is a run as a list shows it.

    Attributes:
        workflow: slug of the saved workflow, with `version`, or None for an unsaved pipeline.
        question: the first 200 characters, as are `answer` and `error`.
        notional: a part of the cost is made up for charts, nobody sends a bill.
    """

    id: str
    workflow: str | None
    version: int | None
    pipeline_name: str
    question: str
    answer: str | None
    error: str | None
    status: RunStatus
    calls: int
    cost_usd: float
    list_cost_usd: float
    notional: bool
    input_tokens: int
    output_tokens: int
    latency_s: float
    started_at: datetime


class RunLog:
    """Remembers runs, spans and calls; implements `CallStore` and `RunStore`.

    What a coroutine here awaits is committed when it returns and survives the death of the process; `add_span` alone
    does not wait. One thread writes, in groups; the reading methods without `async` are for pages and commands.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        """Takes the database, and the clock that ends leases."""
        self._database = database
        self._clock = clock
        self._leases = Leases(database, clock)
        self._added: dict[str, list[Span]] = {}
        self._writer: GroupThread[Write, None] = GroupThread("run-writer", Writer(database).commit, pause_s=PAUSE_S)
        self._finder: GroupThread[Lookup, tuple[Call, ...]] = GroupThread(
            "call-finder", Finder(database).find, pause_s=PAUSE_S
        )

    async def cached(self, key: str) -> Call | None:
        """Returns the first successful call with that key from any run, or None."""
        found = await self._finder.ask(Lookup("key", key))
        return found[0] if found else None

    async def history(self, run_id: str) -> Sequence[Call]:
        """Returns every call of a run, failed ones too, in the order of writing."""
        return await self._finder.ask(Lookup("run_id", run_id))

    async def put(self, call: Call) -> None:
        """Stores a call; a second call with the same id changes nothing."""
        await self._writer.ask(NewCall(call))

    async def begin(self, run: Run) -> None:
        """Stores a run before its first call, or anew when it is resumed; its spans replace the stored ones."""
        await self._writer.ask(RunState(run))
        self._added[run.id] = list(run.spans)

    async def finish(self, run: Run) -> None:
        """Stores the end of a run; its spans replace the stored ones."""
        added = self._added.pop(run.id, ())
        same = len(added) == len(run.spans) and all(one is other for one, other in zip(added, run.spans, strict=True))
        await self._writer.ask(RunState(run, added=same, ends=True))

    async def add_span(self, run_id: str, span: Span) -> None:
        """Hands a finished span to the writer and returns before it is on disk; `finish` brings it again."""
        self._writer.tell(NewSpan(run_id, span))
        if run_id in self._added:
            self._added[run_id].append(span)

    def run(self, run_id: str) -> Run | None:
        """Returns the run with its pipeline and the spans known until now, or None."""
        statement = (
            select(col(RunTable.record), col(SnapshotTable.document))
            .join(SnapshotTable, col(SnapshotTable.sha256) == col(RunTable.pipeline_sha256))
            .where(col(RunTable.id) == run_id)
        )
        spans = select(col(SpanTable.record)).where(col(SpanTable.run_id) == run_id).order_by(col(SpanTable.sequence))
        with self._database.read() as connection:
            found = connection.execute(statement).one_or_none()
            records = connection.execute(spans).scalars().all()
        if found is None:
            return None
        content = json.loads(found.record)
        content["pipeline"] = load_pipeline(found.document)
        content["spans"] = [load(Span, record) for record in records]
        return build(Run, content)

    def runs(self, workflow: str | None = None, limit: int = 50) -> list[RunInfo]:
        """Returns the latest runs, newest first: of one workflow, or of all; rows of experiments are left out."""
        statement = _infos().where(ALONE).order_by(col(RunTable.sequence).desc()).limit(limit)
        if workflow is not None:
            statement = statement.where(col(RunTable.workflow) == workflow)
        return self._list(statement)

    def unfinished(self, *, leased: bool = False) -> list[RunInfo]:
        """Returns the runs that have not ended, oldest first; those that a worker has in hand only if `leased`.

        Rows of experiments are left out: the experiment is taken up as a whole.
        """
        statement = _infos().where(ALONE, col(RunTable.status) == "running").order_by(col(RunTable.sequence))
        if not leased:
            alive = select(col(LeaseTable.run_id)).where(col(LeaseTable.expires_at) > self._clock())
            statement = statement.where(col(RunTable.id).not_in(alive))
        return self._list(statement)

    def calls(self, run_id: str) -> list[Call]:
        """Returns every call of a run, failed ones too, in the order of writing."""
        statement = select(col(CallTable.record)).where(col(CallTable.run_id) == run_id)
        with self._database.read() as connection:
            records = connection.execute(statement.order_by(col(CallTable.sequence))).scalars().all()
        return [load(Call, record) for record in records]

    def past(self, workflows: Sequence[str] = (), *, pipeline_names: Sequence[str] = (), limit: int = 200) -> History:
        """Returns what the latest runs of these workflows, and of pipelines of these names, tell an estimate."""
        return read_history(self._database, workflows, pipeline_names, limit)

    def lease(self, run_id: str, owner: str, seconds: float) -> bool:
        """Says whether `owner` has the run in hand now, for so many seconds unless renewed."""
        return self._leases.take(run_id, owner, seconds)

    def renew(self, run_id: str, owner: str, seconds: float) -> bool:
        """Says whether the run is still the owner's, and if so keeps it for so many seconds from now."""
        return self._leases.renew(run_id, owner, seconds)

    def lease_all(self, run_ids: Sequence[str], owner: str, seconds: float) -> None:
        """Gives new runs to `owner` at once, for so many seconds unless renewed."""
        self._leases.take_all(run_ids, owner, seconds)

    def renew_all(self, owner: str, seconds: float) -> None:
        """Keeps every run of the owner for so many seconds from now."""
        self._leases.renew_all(owner, seconds)

    def release_all(self, owner: str) -> None:
        """Gives every run of the owner back."""
        self._leases.release_all(owner)

    def holder(self, run_id: str) -> str | None:
        """Returns who has the run in hand now, or None where nobody has."""
        return self._leases.holder(run_id)

    def release(self, run_id: str, owner: str) -> None:
        """Gives the run back; does nothing if it is somebody else's."""
        self._leases.release(run_id, owner)

    def close(self) -> None:
        """Writes what is waiting and ends the threads."""
        self._writer.close()
        self._finder.close()

    def _list(self, statement: Select[tuple[object, ...]]) -> list[RunInfo]:
        with self._database.read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [build(RunInfo, dict(row)) for row in rows]


def _infos() -> Select[tuple[object, ...]]:
    return select(*(getattr(RunTable, name) for name in RunInfo.model_fields))

"""Reads what past runs tell of nodes and models, for estimates."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select
from sqlmodel import col

from pipelines.document import Pipeline, load_pipeline
from pipelines.estimate.history import History, PastCall, history_of
from pipelines.run import Run, Span
from storage.codec import build, load
from storage.database import Database
from storage.table import CallTable, RunTable, SnapshotTable, SpanTable

SEARCHED_RUNS: Final = 20_000
MOST_CALLS: Final = 500


def read_history(database: Database, workflows: Sequence[str], pipeline_names: Sequence[str], limit: int) -> History:
    """Returns what the latest `limit` runs tell: those of these saved workflows and of pipelines of these names.

    Rows of experiments count as well. The time of calls comes from the latest live calls, whoever made them.
    """
    with database.read() as connection:
        runs = _runs(connection, workflows, pipeline_names, limit)
        calls = _calls(connection)
    return history_of(runs, calls)


def _runs(connection: Connection, workflows: Sequence[str], pipeline_names: Sequence[str], limit: int) -> list[Run]:
    wanted = or_(col(RunTable.workflow).in_(workflows), col(RunTable.pipeline_name).in_(pipeline_names))
    statement = select(col(RunTable.id), col(RunTable.record), col(RunTable.pipeline_sha256))
    # No index finds the rows of experiments by workflow, so only the latest runs are looked through.
    latest = select(func.max(col(RunTable.sequence)) - SEARCHED_RUNS).scalar_subquery()
    ended = statement.where(wanted, col(RunTable.status) != "running", col(RunTable.sequence) > latest)
    rows = connection.execute(ended.order_by(col(RunTable.sequence).desc()).limit(limit)).all()
    spans = _spans(connection, [row.id for row in rows])
    pipelines = _pipelines(connection, {row.pipeline_sha256 for row in rows})
    found = []
    for row in rows:
        content: dict[str, Any] = json.loads(row.record)
        found.append(build(Run, {**content, "pipeline": pipelines[row.pipeline_sha256], "spans": spans[row.id]}))
    return found


def _spans(connection: Connection, run_ids: Sequence[str]) -> Mapping[str, list[Span]]:
    statement = select(col(SpanTable.run_id), col(SpanTable.record)).where(col(SpanTable.run_id).in_(run_ids))
    found: dict[str, list[Span]] = defaultdict(list)
    for run_id, record in connection.execute(statement.order_by(col(SpanTable.sequence))):
        found[run_id].append(load(Span, record))
    return found


def _pipelines(connection: Connection, keys: set[str]) -> dict[str, Pipeline]:
    statement = select(col(SnapshotTable.sha256), col(SnapshotTable.document)).where(
        col(SnapshotTable.sha256).in_(sorted(keys))
    )
    return {sha256: load_pipeline(document) for sha256, document in connection.execute(statement)}


def _calls(connection: Connection) -> list[PastCall]:
    columns = [getattr(CallTable, name) for name in PastCall._fields]
    live = (col(CallTable.source) == "live", col(CallTable.answered))
    statement = select(*columns).where(*live).order_by(col(CallTable.sequence).desc()).limit(MOST_CALLS)
    return [PastCall(*row) for row in connection.execute(statement)]

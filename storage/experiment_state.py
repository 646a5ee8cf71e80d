"""Reads how far an experiment is: sums for a person, and for the worker that takes it up what is left to do."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select
from sqlmodel import col

from pipelines.experiment.experiment import Experiment, Row
from pipelines.experiment.progress import Progress
from pipelines.experiment.remainder import Place
from storage.experiment_known import KnownExperiment
from storage.experiment_row import FINAL, row_of, select_rows
from storage.experiment_table import ExperimentRowTable
from storage.table import CallTable, RunTable


def read_progress(connection: Connection, known: KnownExperiment, experiment: Experiment) -> Progress:
    """Returns how far an experiment is, as far as rows are stored."""
    found = connection.execute(_sums(known.number)).all()
    paid_usd = float(sum(row.paid for row in found))
    budget = experiment.settings.budget_usd
    return Progress(
        experiment=experiment.id,
        status=experiment.status,
        error=experiment.error,
        total=known.rows,
        **{row.status: row.rows for row in found if row.status != "waiting"},
        unscored=sum(row.unscored for row in found),
        unlabelled=sum(row.unlabelled for row in found),
        calls=sum(int(row.calls) for row in found),
        cached_calls=sum(int(row.cached_calls) for row in found),
        paid_usd=paid_usd,
        judge_usd=float(sum(row.judge_cost_usd for row in found)),
        list_usd=float(sum(row.list_cost_usd for row in found)),
        budget_left_usd=None if budget is None else max(0.0, budget - paid_usd),
    )


def read_ended(connection: Connection, known: KnownExperiment) -> NDArray[np.bool_]:
    """Returns which rows are not to be run again, as an array (repeats, examples, contenders)."""
    table = ExperimentRowTable
    ended = np.zeros((known.repeats, known.examples, len(known.contenders)), dtype=np.bool_)
    places = select(col(table.repeat), col(table.example), col(table.contender))
    cursor = connection.execute(places.where(*_of(known), col(table.status).in_(FINAL))).cursor
    if cursor is not None and (found := cursor.fetchall()):
        repeats, examples, contenders = np.array(found, dtype=np.int64).T
        ended[repeats, examples, contenders] = True
    return ended


def read_begun(connection: Connection, known: KnownExperiment) -> dict[Place, Row]:
    """Returns the rows that wait for another attempt or were stopped, by (repeat, example, contender)."""
    statement = select_rows().where(*_of(known), col(ExperimentRowTable.status).not_in(FINAL))
    rows = [row_of(found) for found in connection.execute(statement).mappings()]
    return {(row.repeat, row.example, row.contender): row for row in rows}


def read_begun_runs(connection: Connection, known: KnownExperiment, experiment_id: str) -> frozenset[str]:
    """Returns the ids of the runs that may have a journal of use: begun, and not the run of an ended row."""
    table = ExperimentRowTable
    ended = select(col(table.run_id)).where(*_of(known), col(table.status).in_(FINAL), col(table.run_id).is_not(None))
    statement = select(col(RunTable.id)).where(
        col(RunTable.experiment) == experiment_id, col(RunTable.id).not_in(ended)
    )
    return frozenset(connection.execute(statement).scalars())


def read_paid_usd(connection: Connection, experiment_id: str) -> float:
    """Returns what every call of an experiment has cost, those of rows that have not ended too."""
    runs = select(col(RunTable.id)).where(col(RunTable.experiment) == experiment_id)
    statement = select(func.coalesce(func.sum(col(CallTable.cost_usd)), 0.0))
    return float(connection.execute(statement.where(col(CallTable.run_id).in_(runs))).scalar_one())


def _of(known: KnownExperiment) -> tuple[Any, ...]:
    return (col(ExperimentRowTable.experiment) == known.number,)


def _sums(experiment: int) -> Any:
    table = ExperimentRowTable
    sums = ("calls", "cached_calls", "list_cost_usd", "judge_cost_usd")
    paid = func.sum(col(table.cost_usd) + col(table.judge_cost_usd) + col(table.earlier_cost_usd))
    columns = (
        func.count().label("rows"),
        func.count().filter(col(table.unscored)).label("unscored"),
        func.count().filter(col(table.unlabelled)).label("unlabelled"),
        paid.label("paid"),
        *(func.sum(getattr(table, name)).label(name) for name in sums),
    )
    of_it = col(table.experiment) == experiment
    return select(col(table.status), *columns).where(of_it).group_by(col(table.status))

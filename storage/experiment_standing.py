"""Adds up what each pipeline of some experiments has done so far, for a list and for the time while one runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection, func, select
from sqlmodel import col

from pipelines.chat import Usd
from pipelines.record import Record
from storage.experiment_row import FINAL
from storage.experiment_table import ExperimentRowTable, ExperimentTable


class Standing(Record):
    """Is how one pipeline stands.

    Attributes:
        contender: place of the pipeline in the experiment.
        rows: rows that have ended; `scored` of them have a score, whose mean is `accuracy`.
        cost_usd: paid for all rows, earlier attempts and judges included.
    """

    contender: int
    rows: int = Field(ge=0)
    scored: int = Field(ge=0)
    accuracy: float | None
    cost_usd: Usd
    list_cost_usd: Usd


def read_standings(connection: Connection, experiment_ids: Sequence[str]) -> dict[str, tuple[Standing, ...]]:
    """Returns the standings by experiment, in the order of the pipelines; those without a row are left out."""
    table = ExperimentRowTable
    paid = col(table.cost_usd) + col(table.judge_cost_usd) + col(table.earlier_cost_usd)
    columns = (
        func.count().filter(col(table.status).in_(FINAL)).label("rows"),
        func.count(col(table.score)).label("scored"),
        func.avg(col(table.score)).label("accuracy"),
        func.sum(paid).label("cost_usd"),
        func.sum(col(table.list_cost_usd)).label("list_cost_usd"),
    )
    statement = (
        select(col(ExperimentTable.id), col(table.contender), *columns)
        .join(ExperimentTable, col(ExperimentTable.number) == col(table.experiment))
        .where(col(ExperimentTable.id).in_(experiment_ids))
        .group_by(col(ExperimentTable.id), col(table.contender))
        .order_by(col(table.contender))
    )
    found: dict[str, list[Standing]] = defaultdict(list)
    for row in connection.execute(statement).mappings():
        accuracy = None if row["accuracy"] is None else float(row["accuracy"])
        numbers = {name: row[name] for name in Standing.model_fields if name != "accuracy"}
        found[row["id"]].append(Standing(**numbers, accuracy=accuracy))
    return {experiment_id: tuple(standings) for experiment_id, standings in found.items()}

"""Finds some rows of an experiment among many: by pipeline, status, tag, score, or where two pipelines differ."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from pipelines.experiment.experiment import Row, RowStatus
from pipelines.record import Record
from storage.experiment_row import row_of, select_rows
from storage.experiment_table import ExperimentRowTable, ExperimentTagTable


class RowFilter(Record):
    """Says which rows are wanted; what is None does not matter.

    Attributes:
        tag: of the example.
        least_score, greatest_score: bounds of the first scorer's score, both included.
        differ: two contenders: the rows of both where one's score is above the other's by more than `least_gap`.
        unscored: rows with an answer that a scorer failed on.
        unlabelled: rows with an answer that waits for the score of a person.
    """

    contender: int | None = None
    status: RowStatus | None = None
    tag: str | None = None
    example: int | None = None
    least_score: float | None = None
    greatest_score: float | None = None
    differ: tuple[int, int] | None = None
    least_gap: float = Field(default=1e-9, ge=0.0)
    unscored: bool | None = None
    unlabelled: bool | None = None


class RowPage(Record):
    """Is a piece of the rows: `total` match, and these are some of them, by example, repeat and contender."""

    total: int
    rows: tuple[Row, ...]


def find_rows(connection: Connection, experiment: int, wanted: RowFilter, offset: int, limit: int) -> RowPage:
    """Returns the rows from `offset` on that match, at most `limit`."""
    table = ExperimentRowTable
    conditions = and_(*_conditions(experiment, wanted))
    total = connection.execute(select(func.count()).select_from(table).where(conditions)).scalar_one()
    order = (col(table.example), col(table.repeat), col(table.contender))
    statement = select_rows().where(conditions).order_by(*order).offset(offset).limit(limit)
    rows = connection.execute(statement).mappings().all()
    return RowPage(total=total, rows=tuple(row_of(row) for row in rows))


def _conditions(experiment: int, wanted: RowFilter) -> list[ColumnElement[bool]]:
    table = ExperimentRowTable
    equal = {name: getattr(wanted, name) for name in ("contender", "status", "example", "unscored", "unlabelled")}
    found: list[ColumnElement[bool]] = [col(table.experiment) == experiment]
    found += [getattr(table, name) == value for name, value in equal.items() if value is not None]
    if wanted.least_score is not None:
        found.append(col(table.score) >= wanted.least_score)
    if wanted.greatest_score is not None:
        found.append(col(table.score) <= wanted.greatest_score)
    if wanted.tag is not None:
        tags = select(col(ExperimentTagTable.example)).where(
            col(ExperimentTagTable.experiment) == experiment, col(ExperimentTagTable.tag) == wanted.tag
        )
        found.append(col(table.example).in_(tags))
    if wanted.differ is not None:
        found.append(_differ(experiment, *wanted.differ, wanted.least_gap))
    return found


def _differ(experiment: int, one: int, other: int, least_gap: float) -> ColumnElement[bool]:
    table = ExperimentRowTable
    rival = aliased(table)
    there = and_(
        col(rival.experiment) == experiment,
        col(rival.contender) == one + other - col(table.contender),
        col(rival.example) == col(table.example),
        col(rival.repeat) == col(table.repeat),
        func.abs(col(rival.score) - col(table.score)) > least_gap,
    )
    return and_(col(table.contender).in_((one, other)), select(1).where(there).exists())

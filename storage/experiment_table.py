"""The tables of experiments: numbers lie close together for quick reading, texts lie apart."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, SmallInteger, Text
from sqlmodel import Field, SQLModel

from storage.column import PlainText, RowNumber, UtcTime


def _of_experiment() -> Any:
    return Field(foreign_key="experiment.number", primary_key=True, ondelete="CASCADE", sa_type=RowNumber)


def _place() -> Any:
    return Field(primary_key=True)


def _name(**options: Any) -> Any:
    return Field(sa_type=PlainText, **options)


def _count() -> Any:
    return Field(default=0, sa_type=BigInteger)


class ExperimentTable(SQLModel, table=True):
    """Holds the experiments; `examples` is the JSON of what is known of their examples, column by column.

    `places` is that of where the examples stand in the data set.
    """

    __tablename__: ClassVar[str] = "experiment"

    number: int | None = Field(default=None, primary_key=True, sa_type=RowNumber)
    id: str = _name(unique=True)
    title: str = _name()
    owner: str = _name()
    data_set: str = _name()
    status: str = _name()
    error: str | None = _name(default=None)
    rows: int = _count()
    created_at: datetime = Field(sa_type=UtcTime)
    record: str = Field(sa_type=Text)
    places: str = Field(sa_type=Text)
    examples: str = Field(sa_type=Text)


class ExperimentRowTable(SQLModel, table=True):
    """Holds the numbers of the rows that were begun, in the order of their places.

    `score` is that of the first scorer, `scores` the JSON of all of them in their order. A scorer failed on the answer
    of an `unscored` row; an `unlabelled` one waits for a person. `route` is the JSON of branches and models.
    """

    __tablename__: ClassVar[str] = "experiment_row"
    __table_args__ = (
        Index("ix_experiment_row_example", "experiment", "example", "repeat", "contender"),
        {"sqlite_with_rowid": False},
    )

    experiment: int = _of_experiment()
    contender: int = _place()
    example: int = _place()
    repeat: int = _place()
    attempt: int = Field(default=0, sa_type=SmallInteger)
    status: str = _name()
    run_id: str | None = _name(default=None)
    score: float | None = None
    scores: str = _name()
    unscored: bool = False
    unlabelled: bool = False
    confidence: float | None = None
    cost_usd: float = 0.0
    list_cost_usd: float = 0.0
    judge_cost_usd: float = 0.0
    earlier_cost_usd: float = 0.0
    latency_s: float = 0.0
    input_tokens: int = _count()
    output_tokens: int = _count()
    calls: int = _count()
    cached_calls: int = _count()
    route: str = _name()


class ExperimentAnswerTable(SQLModel, table=True):
    """Holds the texts of the rows: the answer, errors, the reasons of the scores."""

    __tablename__: ClassVar[str] = "experiment_answer"

    experiment: int = _of_experiment()
    contender: int = _place()
    example: int = _place()
    repeat: int = _place()
    record: str = Field(sa_type=Text)


class ExperimentTagTable(SQLModel, table=True):
    """Says which examples of an experiment have which tag."""

    __tablename__: ClassVar[str] = "experiment_tag"
    __table_args__ = ({"sqlite_with_rowid": False},)

    experiment: int = _of_experiment()
    tag: str = _name(primary_key=True)
    example: int = _place()

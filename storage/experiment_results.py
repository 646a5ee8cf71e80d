"""Reads the rows of an experiment as columns, 100,000 at a time: no record is built, no text is parsed twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import orjson
from sqlalchemy import Connection, Select, case, func, select
from sqlmodel import col

from pipelines.experiment.results import STATUSES, ExampleColumns, Floats, Ints, Results
from storage.experiment_table import ExperimentRowTable

WAITING: Final = "waiting"
ABSENT: Final = -1.0
"""Stands for a missing score or confidence while the columns are plain numbers; both are 0 or more."""
_PLAIN: Final = (
    *("contender", "example", "repeat", "input_tokens", "output_tokens", "calls", "cached_calls"),
    *("list_cost_usd", "judge_cost_usd", "latency_s"),
)


def read_results(
    connection: Connection, experiment: int, contenders: Sequence[str], examples: ExampleColumns, scorer: int | None
) -> Results:
    """Returns every row that has ended; `scorer` is the place of another scorer than the first one."""
    columns = _numbers(connection, experiment)
    routes, route = _codes(_texts(connection, experiment, "route"))
    score = _known(columns["score"])
    if scorer:
        score = _scores(_texts(connection, experiment, "scores"), scorer)
    return Results(
        contenders=tuple(contenders),
        examples=examples,
        status=columns["status"].astype(np.int64),
        score=score,
        route=route,
        routes=tuple(tuple(orjson.loads(text)) for text in routes),
        confidence=_known(columns["confidence"]),
        cost_usd=columns["cost_usd"],
        contender=columns["contender"].astype(np.int64),
        example=columns["example"].astype(np.int64),
        repeat=columns["repeat"].astype(np.int64),
        list_cost_usd=columns["list_cost_usd"],
        judge_cost_usd=columns["judge_cost_usd"],
        latency_s=columns["latency_s"],
        input_tokens=columns["input_tokens"].astype(np.int64),
        output_tokens=columns["output_tokens"].astype(np.int64),
        calls=columns["calls"].astype(np.int64),
        cached_calls=columns["cached_calls"].astype(np.int64),
    )


def _numbers(connection: Connection, experiment: int) -> dict[str, Floats]:
    table = ExperimentRowTable
    wanted: dict[str, Any] = {name: getattr(table, name) for name in _PLAIN}
    wanted["status"] = case({name: code for code, name in enumerate(STATUSES)}, value=col(table.status))
    wanted["score"] = func.coalesce(col(table.score), ABSENT)
    wanted["confidence"] = func.coalesce(col(table.confidence), ABSENT)
    wanted["cost_usd"] = col(table.cost_usd) + col(table.earlier_cost_usd)
    rows = _tuples(connection, experiment, select(*wanted.values()))
    numbers = np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=len(rows) * len(wanted))
    columns = np.ascontiguousarray(numbers.reshape(len(rows), len(wanted)).T)
    return dict(zip(wanted, columns, strict=True))


def _texts(connection: Connection, experiment: int, name: str) -> list[str]:
    return [text for (text,) in _tuples(connection, experiment, select(getattr(ExperimentRowTable, name)))]


def _tuples(connection: Connection, experiment: int, statement: Select[Any]) -> list[tuple[Any, ...]]:
    """Returns what the driver gives: SQLAlchemy's rows would take as long again."""
    table = ExperimentRowTable
    order = (col(table.contender), col(table.example), col(table.repeat))
    ended = (col(table.experiment) == experiment, col(table.status) != WAITING)
    cursor = connection.execute(statement.where(*ended).order_by(*order)).cursor
    return [] if cursor is None else list(cursor.fetchall())


def _known(numbers: Floats) -> Floats:
    return np.where(numbers == ABSENT, np.nan, numbers)


def _scores(texts: Sequence[str], scorer: int) -> Floats:
    """Returns the scores of one scorer out of the JSON of all of them."""
    rows = orjson.loads(f"[{','.join(texts)}]")
    return np.array([row[scorer] for row in rows], dtype=np.float64)


def _codes(texts: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Returns the different texts, and for each text which of them it is."""
    different = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    return tuple(different), np.fromiter((different[text] for text in texts), dtype=np.int64, count=len(texts))

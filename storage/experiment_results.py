"""Reads the rows of an experiment as columns, 100,000 at a time: no record is built, no text is parsed twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
from sqlalchemy import Connection, func, select
from sqlmodel import col

from pipelines.experiment.results import STATUSES, ExampleColumns, Floats, Ints, Results
from storage.experiment_table import ExperimentRowTable

WAITING: Final = "waiting"
ABSENT: Final = -1.0
"""Stands for a missing score or confidence while the columns are plain numbers; both are 0 or more."""
_INTS: Final = ("contender", "example", "repeat", "input_tokens", "output_tokens", "calls", "cached_calls")
_FLOATS: Final = ("list_cost_usd", "judge_cost_usd", "latency_s")


def read_results(
    connection: Connection, experiment: int, contenders: Sequence[str], examples: ExampleColumns, scorer: int | None
) -> Results:
    """Returns every row that has ended; `scorer` is the place of another scorer than the first one."""
    columns = _columns(connection, experiment, scorer)
    routes, route = _codes(columns.pop("route"))
    score = _scores(columns.pop("scores"), scorer) if scorer else _known(columns.pop("score"))
    codes = {status: code for code, status in enumerate(STATUSES)}
    status: Ints = np.array([codes[name] for name in columns.pop("status")], dtype=np.int64)
    return Results(
        contenders=tuple(contenders),
        examples=examples,
        status=status,
        score=score,
        route=route,
        routes=tuple(tuple(orjson.loads(text)) for text in routes),
        confidence=_known(columns.pop("confidence")),
        cost_usd=np.array(columns.pop("cost_usd"), dtype=np.float64),
        **{name: np.array(columns[name], dtype=np.int64) for name in _INTS},
        **{name: np.array(columns[name], dtype=np.float64) for name in _FLOATS},
    )


def _columns(connection: Connection, experiment: int, scorer: int | None) -> dict[str, Sequence[Any]]:
    table = ExperimentRowTable
    wanted: dict[str, Any] = {name: getattr(table, name) for name in (*_INTS, *_FLOATS, "status", "route")}
    wanted["confidence"] = func.coalesce(col(table.confidence), ABSENT)
    wanted["cost_usd"] = col(table.cost_usd) + col(table.earlier_cost_usd)
    if scorer:
        wanted["scores"] = col(table.scores)
    else:
        wanted["score"] = func.coalesce(col(table.score), ABSENT)
    statement = select(*wanted.values()).where(col(table.experiment) == experiment, col(table.status) != WAITING)
    order = (col(table.contender), col(table.example), col(table.repeat))
    rows = connection.execute(statement.order_by(*order)).fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(wanted)
    return dict(zip(wanted, columns, strict=True))


def _known(numbers: Sequence[float]) -> Floats:
    found: Floats = np.array(numbers, dtype=np.float64)
    found[found == ABSENT] = np.nan
    return found


def _scores(texts: Sequence[str], scorer: int) -> Floats:
    """Returns the scores of one scorer out of the JSON of all of them."""
    rows = orjson.loads(f"[{','.join(texts)}]")
    return np.array([row[scorer] for row in rows], dtype=np.float64)


def _codes(texts: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Returns the different texts, and for each text which of them it is."""
    different = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    return tuple(different), np.array([different[text] for text in texts], dtype=np.int64)

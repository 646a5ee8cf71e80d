"""Turns the rows of an experiment into rows of its tables and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import RowMapping, and_, select
from sqlmodel import col

from pipelines.experiment.experiment import Row
from pipelines.experiment.scoring import waits_for_person
from storage.codec import bounded, build, dump
from storage.experiment_table import ExperimentAnswerTable, ExperimentRowTable

PLACE: Final = ("experiment", "contender", "example", "repeat")
COUNTS: Final = ("input_tokens", "output_tokens", "calls", "cached_calls")
AMOUNTS: Final = ("confidence", "cost_usd", "list_cost_usd", "judge_cost_usd", "earlier_cost_usd", "latency_s")
PLAIN: Final = ("attempt", "status", "run_id", *AMOUNTS, *COUNTS)
WITHOUT_ANSWER: Final = frozenset({"failed", "no_answer"})
FINAL: Final = ("done", "failed", "no_answer")
"""The statuses of rows that are not run again; the others are taken up where the experiment goes on."""


def numbers_of(experiment: int, row: Row, scorers: Sequence[str]) -> dict[str, Any]:
    """Returns the columns of a row; `scorers` are the names in their order, the first one gives the score."""
    wrong = row.status in WITHOUT_ANSWER
    given = [0.0 if wrong else value_of(row, name) for name in scorers]
    return {
        "experiment": experiment,
        "contender": row.contender,
        "example": row.example,
        "repeat": row.repeat,
        **{name: getattr(row, name) for name in PLAIN if name not in COUNTS},
        **{name: bounded(getattr(row, name)) for name in COUNTS},
        "score": given[0] if given else None,
        "scores": orjson.dumps(given).decode(),
        "unscored": row.status == "done" and bool(row.score_errors),
        "unlabelled": waits_for_person(row, scorers),
        "route": orjson.dumps([*row.route, *row.models]).decode(),
    }


def texts_of(experiment: int, row: Row) -> dict[str, Any]:
    """Returns the columns of the texts of a row."""
    place = {"experiment": experiment, "contender": row.contender, "example": row.example, "repeat": row.repeat}
    return {**place, "record": dump(row, exclude={*PLACE, *PLAIN})}


def value_of(row: Row, scorer: str) -> float | None:
    """Returns the value of a scorer, or None where it gave none."""
    score = row.scores.get(scorer)
    return None if score is None else score.value


def select_rows() -> Any:
    """Returns the query of rows with their texts, to be narrowed and ordered."""
    numbers, texts = ExperimentRowTable, ExperimentAnswerTable
    same = and_(*(getattr(texts, name) == getattr(numbers, name) for name in PLACE))
    columns = [getattr(numbers, name) for name in (*PLACE[1:], *PLAIN)]
    return select(*columns, col(texts.record)).join_from(numbers, texts, same)


def row_of(found: RowMapping) -> Row:
    """Builds the row that `select_rows` found.

    Raises:
        StorageError: if it is damaged.
    """
    columns = {name: found[name] for name in (*PLACE[1:], *PLAIN)}
    return build(Row, {**json.loads(found["record"]), **columns})

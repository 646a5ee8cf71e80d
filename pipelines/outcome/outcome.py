"""One outcome as a file tells it, and how its numbers are read from cells."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow, text_of

UNKNOWN: Final = math.nan
_TRUTH: Final = {"true": 1.0, "yes": 1.0, "correct": 1.0, "false": 0.0, "no": 0.0, "incorrect": 0.0}
_NOTHING: Final = frozenset(("", "nan", "none", "null", "n/a", "na", "-"))


class Outcome(NamedTuple):
    """Is what one model did on one query; a number that is not known is NaN.

    Attributes:
        score: in the range of the file, or NaN where the model was not tried.
        id: of the query; queries without one are told apart by their text.
        row: number of the row it stands in, from 1.
    """

    query: str
    model: str
    score: float
    row: int
    id: str = ""
    cost_usd: float = UNKNOWN
    input_tokens: float = UNKNOWN
    output_tokens: float = UNKNOWN
    latency_s: float = UNKNOWN
    answer: str = ""
    task: str = ""
    group: str = ""
    split: str = ""
    options: int = 0


def number_in(row: RawRow, column: str | None) -> float:
    """Returns a cell as a number: true is 1, false is 0, and an absent or empty cell is NaN.

    Raises:
        RowRefused: if it is something else.
    """
    return UNKNOWN if column is None else number_of(row.cells.get(column), column)


def number_of(value: Any, column: str) -> float:
    """Returns a value as a number; see `number_in`.

    Raises:
        RowRefused: if it is something else, or infinite.
    """
    if isinstance(value, (bool, int, float)):
        number = float(value)
    else:
        text = text_of(value).strip()
        if text.lower() in _NOTHING:
            return UNKNOWN
        truth = _TRUTH.get(text.lower())
        try:
            number = float(text) if truth is None else truth
        except ValueError:
            raise RowRefused(f"there is '{text[:60]}', which is no number", column) from None
    if math.isinf(number):
        raise RowRefused("there is an infinite number", column)
    return number


def amount_in(row: RawRow, *columns: str) -> float:
    """Returns the first of these columns that the row fills, as a number that is not negative, else NaN.

    Raises:
        RowRefused: if it is no number, or a negative one.
    """
    column = first_column(row, columns)
    number = number_in(row, column)
    if number < 0:
        raise RowRefused(f"there is {number:g}; it may not be negative", column)
    return number


def first_column(row: RawRow, columns: Iterable[str]) -> str | None:
    """Returns the first of these columns that the row fills, or None."""
    return next((column for column in columns if row.cells.get(column) not in (None, "")), None)


def text_in(row: RawRow, *columns: str) -> str:
    """Returns the first of these columns that the row fills, as text, else an empty one."""
    column = first_column(row, columns)
    return "" if column is None else row.text(column)

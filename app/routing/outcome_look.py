"""What the columns of a table that nobody knows likely mean, by what their cells look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from pipelines.data.problem import RowRefused
from pipelines.outcome.intake import mapping_of
from pipelines.outcome.mapping import OutcomeMapping, guess_outcome_mapping
from pipelines.outcome.outcome import number_of
from pipelines.outcome.outcome_file import OutcomeFile

LONG: Final = "long_table"
WIDE: Final = "wide_table"
MOSTLY: Final = 0.8
"""Share of the cells that have to be numbers for a column of numbers; the others are told as problems."""
NO_SCORES: Final = ("cost", "price", "usd", "token", "latency", "second", "duration")
"""Words in the name of a column of numbers that are no scores."""
LEAST_COUNTED: Final = 3
"""So many whole numbers one after the other count the rows."""


class Looks(NamedTuple):
    """Says what the cells of a column look like: numbers, from 0 to 1, counting the rows, how long, how various."""

    is_number: bool
    is_share: bool
    is_count: bool
    mean_characters: float
    n_values: int


def likely_kind(file: OutcomeFile) -> str:
    """Returns whether a table of no known format likely has one outcome a row, or a column for each model."""
    looks = _all_looks(file)
    query = _question(file, looks)
    named = _usual(file, query)
    if any("model" in column.lower() or _answers_again(file, query, column) for column in _texts(looks, query, named)):
        return LONG
    return WIDE if len(_scores(looks, query, named)) > 1 else LONG


def likely_mapping(file: OutcomeFile, kind: str) -> OutcomeMapping:
    """Returns the likeliest meaning of the columns by their names, or else by what their cells look like."""
    guess = mapping_of(file)
    if guess is not None and bool(guess.models) == (kind == WIDE):
        return guess
    looks = _all_looks(file)
    query = _question(file, looks)
    named = _usual(file, query)
    scores = _scores(looks, query, named)
    names = [column for column in _texts(looks, query, named) if looks[column].n_values > 1]
    if kind == WIDE:
        few = next((column for column in names if looks[column].n_values <= len(file.sample) / 2), None)
        rows = {meaning: named.get(meaning) for meaning in ("id", "group", "split")}
        return OutcomeMapping(query=query, models=tuple(scores), task=named.get("task", few), **rows)
    model = min(names, key=lambda column: looks[column].n_values, default=None)
    score = min(scores, key=lambda column: not looks[column].is_share, default=None)
    return OutcomeMapping.model_validate({**named, "query": query, "model": model, "score": score})


def _question(file: OutcomeFile, looks: Mapping[str, Looks]) -> str:
    texts = [column for column, look in looks.items() if not look.is_number]
    return max(texts or file.columns, key=lambda column: looks[column].mean_characters)


def _usual(file: OutcomeFile, query: str) -> dict[str, str]:
    """Returns by meaning the columns beside question, model and score that have usual names."""
    taken = ("query", "model", "score")
    others = [column for column in file.columns if column != query and column.lower() not in taken]
    guess = guess_outcome_mapping([*taken, *others], ())
    found = {} if guess is None else guess.model_dump()
    return {meaning: column for meaning, column in found.items() if isinstance(column, str) and column in others}


def _texts(looks: Mapping[str, Looks], query: str, named: Mapping[str, str]) -> list[str]:
    known = {query, *named.values()}
    return [column for column, look in looks.items() if not look.is_number and column not in known]


def _scores(looks: Mapping[str, Looks], query: str, named: Mapping[str, str]) -> list[str]:
    """Returns the columns of numbers that may be scores: they do not count the rows, and are not named otherwise."""
    known = {query, *named.values()}
    return [
        column
        for column, look in looks.items()
        if look.is_number
        and not look.is_count
        and column not in known
        and not any(word in column.lower() for word in NO_SCORES)
    ]


def _answers_again(file: OutcomeFile, query: str, column: str) -> bool:
    """Says whether a question comes again with something else in a column, as it does with the names of models."""
    seen: dict[str, str] = {}
    return any(
        seen.setdefault(str(row.cells.get(query)), str(row.cells.get(column))) != str(row.cells.get(column))
        for row in file.sample
    )


def _all_looks(file: OutcomeFile) -> dict[str, Looks]:
    return {column: _looks(column, [row.cells for row in file.sample]) for column in file.columns}


def _looks(column: str, sample: Sequence[Mapping[str, Any]]) -> Looks:
    texts = [str(value) for row in sample if (value := row.get(column)) not in (None, "")]
    numbers = [number for text in texts if (number := _number(text, column)) is not None]
    is_number = bool(texts) and len(numbers) >= MOSTLY * len(texts)
    steps = {after - before for before, after in pairwise(numbers)}
    return Looks(
        is_number=is_number,
        is_share=is_number and all(0 <= number <= 1 for number in numbers),
        is_count=is_number and len(numbers) >= LEAST_COUNTED and steps == {1.0},
        mean_characters=sum(map(len, texts)) / max(1, len(texts)),
        n_values=len(set(texts)),
    )


def _number(text: str, column: str) -> float | None:
    try:
        return number_of(text, column)
    except RowRefused:
        return None

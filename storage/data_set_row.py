"""Turns the examples of a data set into rows and back, many at a time, and finds which rows a version changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Select, and_, insert, select, update
from sqlmodel import col

from pipelines.data.data_set import hash_of
from pipelines.data.example import Example
from pipelines.error import DocumentError
from storage.codec import dump, load
from storage.table import DataRowTable

OPEN: Final = 2**31 - 1
"""What `until` is as long as no later version changes the row."""
CHUNK: Final = 1_000


def rows_of_version(set_id: int, number: int, *columns: Any) -> Select[Any]:
    """Returns the query of the rows that belong to a version, in no order."""
    table = DataRowTable
    holds = and_(col(table.set_id) == set_id, col(table.since) <= number, col(table.until) > number)
    return select(*columns).where(holds)


def read_examples(connection: Connection, set_id: int, number: int) -> Iterator[Example]:
    """Yields the examples of a version in their order, without holding them all."""
    table = DataRowTable
    statement = rows_of_version(set_id, number, col(table.record)).order_by(col(table.ordinal))
    for record in connection.execute(statement.execution_options(yield_per=CHUNK)).scalars():
        yield load(Example, record)


def read_places(connection: Connection, set_id: int, number: int, places: Sequence[int]) -> dict[int, Example]:
    """Returns the examples of a version at these places."""
    table = DataRowTable
    found: dict[int, Example] = {}
    for start in range(0, len(places), CHUNK):
        wanted = col(table.ordinal).in_(places[start : start + CHUNK])
        statement = rows_of_version(set_id, number, col(table.ordinal), col(table.record)).where(wanted)
        found |= {ordinal: load(Example, record) for ordinal, record in connection.execute(statement)}
    return found


def changed_hash(connection: Connection, set_id: int, number: int, changes: Mapping[int, Example]) -> tuple[str, int]:
    """Returns the content hash of a version with some rows changed, and how many rows it has.

    Raises:
        DocumentError: if two rows have the same id, or a change holds what JSON cannot.
    """
    table = DataRowTable
    statement = rows_of_version(set_id, number, col(table.record)).order_by(col(table.ordinal))
    records = connection.execute(statement.execution_options(yield_per=CHUNK)).scalars()
    place_by_id: dict[str, int] = {}

    def rows() -> Iterator[dict[str, Any]]:
        for place, record in enumerate(records):
            row = changes[place].model_dump(mode="json") if place in changes else orjson.loads(record)
            if (first := place_by_id.setdefault(row["id"], place)) != place:
                raise DocumentError(
                    f"Rows {first + 1} and {place + 1} would have the same id '{row['id']}'; every row needs its own."
                )
            yield row

    try:
        with closing(records):
            return hash_of(rows()), len(place_by_id)
    except TypeError as error:
        raise DocumentError(f"The change cannot be saved as JSON: {error}.") from error


def write_version(connection: Connection, set_id: int, number: int, examples: Sequence[Example]) -> None:
    """Makes the rows of version `number` these examples; rows that are as in the version before are not touched."""
    changed, known = _changed(connection, set_id, number - 1, examples)
    surplus = range(len(examples), known)
    close_rows(connection, set_id, number, [ordinal for ordinal in (*changed, *surplus) if ordinal < known])
    write_rows(connection, set_id, number, {ordinal: examples[ordinal] for ordinal in changed})


def write_rows(connection: Connection, set_id: int, number: int, examples: Mapping[int, Example]) -> None:
    """Adds rows by their place that hold from version `number` on."""
    rows = (
        {
            "set_id": set_id,
            "ordinal": ordinal,
            "since": number,
            "until": OPEN,
            "words": words_of(example),
            "record": dump(example),
        }
        for ordinal, example in examples.items()
    )
    while chunk := list(islice(rows, CHUNK)):
        connection.execute(insert(DataRowTable), chunk)


def close_rows(connection: Connection, set_id: int, number: int, ordinals: Sequence[int]) -> None:
    """Says that the rows at these places do not belong to version `number` any more."""
    table = DataRowTable
    for start in range(0, len(ordinals), CHUNK):
        places = col(table.ordinal).in_(ordinals[start : start + CHUNK])
        still = and_(col(table.set_id) == set_id, col(table.until) == OPEN, places)
        connection.execute(update(table).where(still).values(until=number))


def words_of(example: Example) -> str:
    """Returns what a search looks at: id, question, references, choices, tags, group; in lower case."""
    parts = (example.id, example.query, *example.references, *example.choices, *example.tags, example.group or "")
    return "\n".join(parts).lower()


def _changed(connection: Connection, set_id: int, number: int, examples: Sequence[Example]) -> tuple[list[int], int]:
    """Returns the places at which the examples differ from a version, and how many rows that version has."""
    table = DataRowTable
    statement = rows_of_version(set_id, number, col(table.record)).order_by(col(table.ordinal))
    records = connection.execute(statement.execution_options(yield_per=CHUNK)).scalars()
    changed, known = [], 0
    for known, record in enumerate(records, start=1):
        if known <= len(examples) and dump(examples[known - 1]) != record:
            changed.append(known - 1)
    return [*changed, *range(known, len(examples))], known

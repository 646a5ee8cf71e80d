"""Writes a data set as JSON Lines or CSV, so that reading the file again gives the same questions and answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import orjson

from pipelines.data.example import Example

DataFormat = Literal["jsonl", "csv"]
COLUMNS: Final = ("id", "query", "references", "choices", "tags", "group", "difficulty", "documents", "extra")


def exported(examples: Iterable[Example], form: DataFormat) -> Iterator[bytes]:
    """Yields the file in pieces; empty fields of JSON Lines are left out, lists in CSV are JSON."""
    return _jsonl(examples) if form == "jsonl" else _csv(examples)


def _jsonl(examples: Iterable[Example]) -> Iterator[bytes]:
    for example in examples:
        yield orjson.dumps(example.model_dump(mode="json", exclude_defaults=True)) + b"\n"


def _csv(examples: Iterable[Example]) -> Iterator[bytes]:
    yield _line(COLUMNS)
    for example in examples:
        fields = example.model_dump(mode="json")
        yield _line([_cell(fields[name]) for name in COLUMNS])


def _cell(value: object) -> str:
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode() if value else ""
    return "" if value is None else str(value)


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()

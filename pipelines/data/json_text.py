"""Rows of JSON: one object a line, a list of objects, or an object that holds such a list."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.error import DocumentError

LARGEST_JSON_BYTES: Final = 64_000_000
LISTS: Final = ("examples", "data", "rows", "items", "tests", "questions", "records")
_LIST_OF_OBJECTS = re.compile(r"\[\s*\{")


def json_rows(content: bytes) -> Iterator[RawRow | Problem]:
    """Yields the rows of JSON or JSON Lines in UTF-8, and a problem for each that is no object.

    Raises:
        DocumentError: if a file that is one JSON value is too large or is not JSON.
    """
    if _is_lines(content):
        yield from _line_rows(content)
        return
    for number, item in enumerate(objects_of(whole_json(content)), start=1):
        yield RawRow(number, None, item) if isinstance(item, dict) else Problem(row=number, message=_no_object(item))


def whole_json(content: bytes) -> Any:
    """Returns the one JSON value of a file.

    Raises:
        DocumentError: if it is too large, or is not JSON.
    """
    if len(content) > LARGEST_JSON_BYTES:
        raise DocumentError(
            f"The file is one JSON value of {len(content):,} bytes; at most {LARGEST_JSON_BYTES:,} are read at once,"
            " so save it as JSON Lines, one object a line."
        )
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise DocumentError(
            f"The file is not JSON: line {error.lineno:,}, column {error.colno:,}: {error.msg}."
        ) from None


def objects_of(value: Any) -> list[Any]:
    """Returns the rows of a JSON value: the list itself, the list that an object holds, or the one object.

    Raises:
        DocumentError: if it is neither a list nor an object.
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise DocumentError(f"The file holds {_kind_of(value)}; a data set is a list of objects.")
    for name in LISTS:
        if isinstance(value.get(name), list):
            return list(value[name])
    return [value]


def first_object(head: str) -> dict[str, Any] | None:
    """Returns the first row of JSON as far as its beginning tells, or None."""
    text = head.lstrip("\ufeff \t\r\n")
    if text[:1] not in ("{", "["):
        return None
    found = _decoded(text, 0)
    if found is None and (place := _LIST_OF_OBJECTS.search(text)):
        found = _decoded(text, place.end() - 1)
    try:
        rows = objects_of(found)
    except DocumentError:
        return None
    return rows[0] if rows and isinstance(rows[0], dict) else None


def _is_lines(content: bytes) -> bool:
    """Says whether each line is an object of its own: the first one is, and another follows or it holds no list."""
    stream = io.BytesIO(content)
    first = next((line for line in stream if line.strip()), b"")
    if not first.lstrip().startswith(b"{"):
        return False
    try:
        parsed = orjson.loads(first)
    except orjson.JSONDecodeError:
        # A line that is broken ends in a brace all the same; an object over many lines does not.
        return first.rstrip().endswith(b"}") and len(first.strip()) > 1
    following = any(line.strip() for line in stream)
    return following or not any(isinstance(parsed.get(name), list) for name in LISTS)


def _line_rows(content: bytes) -> Iterator[RawRow | Problem]:
    number = 0
    for line, raw in enumerate(io.BytesIO(content), start=1):
        if not raw.strip():
            continue
        number += 1
        try:
            item = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            message = f"the line is not JSON (character {error.colno:,}: {error.msg})"
            yield Problem(row=number, line=line, message=message)
            continue
        if isinstance(item, dict):
            yield RawRow(number, line, item)
        else:
            yield Problem(row=number, line=line, message=_no_object(item))


def _decoded(text: str, start: int) -> Any:
    try:
        return json.JSONDecoder().raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _no_object(item: object) -> str:
    return f"the row is {_kind_of(item)}; every row is an object with named values"


def _kind_of(item: object) -> str:
    kinds = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}
    return "nothing" if item is None else kinds.get(type(item), "an object")

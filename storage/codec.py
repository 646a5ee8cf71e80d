"""Turns records into JSON text and back without losing anything, and plain text into what every database takes."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from pipelines.record import Record
from storage.error import StorageError

R = TypeVar("R", bound=Record)
LARGEST_INTEGER = 2**63 - 1


def dump(record: Record, exclude: set[str] | None = None) -> str:
    """Returns the record as JSON; half a surrogate pair, which UTF-8 has no bytes for, is written as an escape."""
    try:
        return record.model_dump_json(exclude=exclude)
    except PydanticSerializationError:
        return json.dumps(record.model_dump(mode="json", exclude=exclude))


def load(kind: type[R], text: str) -> R:
    """Builds the record that `dump` wrote.

    Raises:
        StorageError: if the text is no such record.
    """
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        return build(kind, json.loads(text))


def build(kind: type[R], content: object) -> R:
    """Builds a record from parsed JSON.

    Raises:
        StorageError: if the content is no such record.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise StorageError(
            f"A stored {kind.__name__} cannot be read: at '{place}', {first['msg']}; "
            "it was damaged or written by another version."
        ) from error


def plain(text: str) -> str:
    """Returns the text with what PostgreSQL or UTF-8 cannot hold (NUL, half a surrogate pair) replaced."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def bounded(count: int) -> int:
    """Returns the count, or the largest integer a column holds."""
    return min(count, LARGEST_INTEGER)

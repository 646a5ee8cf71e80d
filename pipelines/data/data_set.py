"""A data set: named rows that never change; a change is a new version with another hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from pydantic import Field, model_validator

from pipelines.data.example import Example
from pipelines.error import DocumentError
from pipelines.record import Record


class DataSet(Record):
    """Is a named list of examples.

    Attributes:
        name: a slug.
        source: where the rows come from, for a person.
        licence: SPDX identifier or a sentence; empty where unknown.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")
    title: str = Field(default="", max_length=200)
    description: str = ""
    source: str = ""
    licence: str = ""
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _refuse_equal_ids(self) -> DataSet:
        seen: dict[str, int] = {}
        for number, example in enumerate(self.examples, start=1):
            if example.id in seen:
                raise DocumentError(
                    f"Rows {seen[example.id]} and {number} of the data set '{self.name}' have the same id"
                    f" '{example.id}'; every row needs its own."
                )
            seen[example.id] = number
        return self

    # Not cached: a copy with other examples would carry the old hash along.
    @property
    def content_hash(self) -> str:
        """Returns the SHA-256 of the examples: equal rows in equal order have equal hashes, whatever the name."""
        return hash_of(example.model_dump(mode="json") for example in self.examples)


def hash_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Returns the SHA-256 of the JSON list of these rows, each the JSON of an example, without holding them all."""
    digest = hashlib.sha256(b"[")
    for number, row in enumerate(rows):
        digest.update(b"," * (number > 0) + orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
    digest.update(b"]")
    return digest.hexdigest()

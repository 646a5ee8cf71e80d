"""Exports of LangSmith data sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.conversation import question_of
from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow, names_of, parsed_json
from pipelines.reader import Peek, Reader


class Langsmith(Reader):
    """Reads examples with `inputs`, `outputs` and `metadata`; splits become tags.

    Source: LangSmith documentation, the JSON Lines export of a data set.
    """

    title: ClassVar[str] = "LangSmith export"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has inputs and outputs as objects."""
        both = isinstance(peek.first.get("inputs"), dict) and "outputs" in peek.first
        return 0.9 if both else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the examples."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the example; what is beside the question is in `extra`."""
        query, rest = question_of(row, "inputs")
        reference = question_of(row, "outputs")[0] if row.cells.get("outputs") else ""
        metadata = parsed_json(row.cells.get("metadata")) or {}
        split = metadata.get("dataset_split") if isinstance(metadata, dict) else None
        extra = {name: value for name, value in (("input", rest), ("metadata", metadata)) if value}
        return built(
            id=row.text("id") or str(row.number),
            query=query,
            references=(reference,) if reference else (),
            tags=names_of(map(str, split)) if isinstance(split, list) else (),
            extra=extra,
        )

"""Exports of Langfuse data sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.conversation import question_of
from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow, parsed_json
from pipelines.data.table_text import table_rows
from pipelines.reader import Peek, Reader


class Langfuse(Reader):
    """Reads the items of a data set as JSON, JSON Lines or CSV: `input`, `expectedOutput`, `metadata`.

    Source: Langfuse documentation, data set items of the API and of the export.
    """

    title: ClassVar[str] = "Langfuse export"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has an input and an expected output, in either way of writing."""
        expected = {"expectedOutput", "expected_output"} & peek.columns
        return 0.9 if expected and "input" in peek.columns else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the items."""
        return json_rows(content) if content.lstrip()[:1] in (b"{", b"[") else table_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the item; what is beside the question is in `extra`."""
        query, rest = question_of(row, "input")
        expected = row.cells.get("expectedOutput", row.cells.get("expected_output"))
        reference, _ = ("", {}) if expected in (None, "") else question_of(row, _column(row))
        metadata = parsed_json(row.cells.get("metadata"))
        extra = {name: value for name, value in (("input", rest), ("metadata", metadata)) if value}
        return built(
            id=row.text("id") or str(row.number),
            query=query,
            references=(reference,) if reference else (),
            extra=extra,
        )


def _column(row: RawRow) -> str:
    return "expectedOutput" if "expectedOutput" in row.cells else "expected_output"

"""JSON Lines and lists of JSON objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.json_text import json_rows
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.reader import Peek, Reader


class JsonLines(Reader):
    """Reads one object a line, or one list of objects.

    Source: RFC 8259; JSON Lines as jsonlines.org describes them.
    """

    title: ClassVar[str] = "JSON or JSON Lines"
    mapped: ClassVar[bool] = True

    def sniff(self, peek: Peek) -> float:
        """Returns a middling number for text that begins as JSON."""
        begins = peek.head.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
        return 0.4 if begins else 0.35 if peek.suffix in (".json", ".jsonl", ".ndjson") else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

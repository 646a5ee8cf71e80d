"""LaRA: questions about long documents, with recorded answers from retrieval and from a long context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow, name_of, names_of
from pipelines.reader import Peek, Reader


class Lara(Reader):
    """Reads each question once, whichever models' answers are recorded; the group is the document.

    The text of the document is in a file of its own, named in `extra` as `file`.

    Source: Li et al. 2025, LaRA: Benchmarking Retrieval-Augmented Generation and Long-Context LLMs.
    """

    title: ClassVar[str] = "LaRA"

    def __init__(self) -> None:
        """Begins without having seen a question."""
        self._seen: set[tuple[str, str, str]] = set()

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row names a file, a task, a length, and a true answer."""
        return 0.95 if {"file", "question", "truth", "task", "length"} <= peek.columns else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example | None:
        """Returns the question, or None where it has been seen."""
        query, file = row.required("question"), row.required("file")
        place = (file, row.text("length"), query)
        if place in self._seen:
            return None
        self._seen.add(place)
        return built(
            id=str(row.number),
            query=query,
            references=(row.required("truth").strip(),),
            tags=names_of(row.text(name) for name in ("task", "context", "length")),
            group=name_of(file),
            extra={"file": file},
        )

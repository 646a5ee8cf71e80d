"""MT-bench: conversations of two turns in eight categories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, names_of
from pipelines.reader import Peek, Reader


class MtBench(Reader):
    """Reads the first turn as the question; all turns and the references of each are in `extra`.

    Source: Zheng et al. 2023, Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena; the file of its repository.
    """

    title: ClassVar[str] = "MT-bench"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has a number, a category and turns."""
        return 0.95 if {"question_id", "turns"} <= peek.columns and isinstance(peek.first.get("turns"), list) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the first turn with the first reference, where there is one."""
        value = row.cells.get("turns")
        turns = (
            [turn.get("content") if isinstance(turn, dict) else turn for turn in value]
            if isinstance(value, list)
            else []
        )
        if not turns or not isinstance(turns[0], str) or not turns[0].strip():
            raise RowRefused("there is no first turn; it holds a list of texts", "turns")
        references = list(row.texts("reference"))
        return built(
            id=row.text("question_id") or str(row.number),
            query=turns[0],
            references=tuple(references[:1]),
            tags=names_of([row.text("category"), row.text("cluster")]),
            extra={"turns": turns, "turn_references": references},
        )

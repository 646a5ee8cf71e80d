"""HumanEval: a function to complete, judged by running tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.reader import Peek, Reader


class HumanEval(Reader):
    """Reads a prompt with the head of a function; the tests and the name of the function are in `extra`.

    Source: Chen et al. 2021, Evaluating Large Language Models Trained on Code; the file of its repository.
    """

    title: ClassVar[str] = "HumanEval"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has a prompt, a test and an entry point."""
        return 0.95 if {"prompt", "test", "entry_point"} <= peek.columns else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the function to complete; the reference is the solution of the authors."""
        solution = row.text("canonical_solution")
        prompt = row.required("prompt")
        return built(
            id=row.text("task_id") or str(row.number),
            query=prompt,
            references=(solution,) if solution.strip() else (),
            tags=("code",),
            extra={"tests": row.required("test"), "entry_point": row.required("entry_point"), "prompt": prompt},
        )

"""BIG-bench Hard: tasks of short answers, many of them multiple choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.reader import Peek, Reader

_OPTIONS: Final = re.compile(r"\nOptions:\n((?:\([A-Z]\) .*(?:\n|$))+)\s*$")
_OPTION: Final = re.compile(r"^\(([A-Z])\) (.*)$", re.MULTILINE)
_LETTER: Final = re.compile(r"^\(([A-Z])\)$")


class BigBenchHard(Reader):
    """Reads input and target; options at the end of an input become choices where the target is the letter of one.

    Source: Suzgun et al. 2022, Challenging BIG-Bench Tasks and Whether Chain-of-Thought Can Solve Them.
    """

    title: ClassVar[str] = "BIG-bench Hard"

    def sniff(self, peek: Peek) -> float:
        """Returns a high number where a list of examples has inputs and targets."""
        fits = set(peek.first) == {"input", "target"} and '"examples"' in peek.head
        return 0.9 if fits else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the question, with lettered choices where it has them."""
        query, target = row.required("input"), row.required("target").strip()
        letter, options = _LETTER.match(target), _OPTIONS.search(query)
        choices = _OPTION.findall(options.group(1)) if options and letter else []
        letters = [name for name, _ in choices]
        if letter is None or letter.group(1) not in letters or letters != [chr(65 + n) for n in range(len(letters))]:
            return built(id=str(row.number), query=query, references=(target,))
        return built(
            id=str(row.number),
            query=query[: options.start()] if options else query,
            references=(letter.group(1),),
            choices=tuple(text.strip() for _, text in choices),
        )

"""BFCL: questions to be answered by calling functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.mapping import built
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, names_of, text_of
from pipelines.reader import Peek, Reader


class Bfcl(Reader):
    """Reads question and functions; functions and possible answers are in `extra`.

    The answers may be beside the question, as `ground_truth` or `possible_answer`. Turns of a conversation become one
    text; the kind of the task is the id without its number. A question may come without functions.

    Source: Patil et al. 2024, Berkeley Function-Calling Leaderboard; the data files of its repository.
    """

    title: ClassVar[str] = "BFCL (function calls)"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where the first row has a question and functions with parameters."""
        functions = peek.first.get("function", peek.first.get("functions"))
        first = functions[0] if isinstance(functions, list) and functions else functions
        named = isinstance(first, Mapping) and "parameters" in first
        return 0.95 if named and {"question", "query"} & set(peek.first) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the objects."""
        return json_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the question with what may be called and what should be."""
        column = "function" if "function" in row.cells else "functions"
        functions = row.cells.get(column) or []
        functions = [functions] if isinstance(functions, Mapping) else functions
        if not isinstance(functions, list):
            raise RowRefused("there is no list of functions", column)
        answers = row.cells.get("ground_truth", row.cells.get("possible_answer"))
        example_id = row.text("id") or row.text("qid") or str(row.number)
        task = row.text("task") or example_id.rpartition("_")[0]
        return built(
            id=example_id,
            query=_question(row),
            references=() if answers is None else (text_of(answers),),
            tags=names_of([task]),
            extra={"functions": functions, **({} if answers is None else {"possible_answers": answers})},
        )


def _question(row: RawRow) -> str:
    column = "question" if "question" in row.cells else "query"
    value = row.cells.get(column)
    if not isinstance(value, list):
        return row.required(column)
    said = [text_of(message.get("content")) for message in _messages(value)]
    if not any(text.strip() for text in said):
        raise RowRefused("there is no message with content", column)
    return "\n\n".join(said)


def _messages(value: Any) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, Mapping):
            yield item
        else:
            yield from _messages(item)

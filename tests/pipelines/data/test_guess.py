"""The meaning of columns is guessed from how people call them."""

from __future__ import annotations

import pytest

from pipelines.data.guess import guess_mapping
from pipelines.data.mapping import ColumnMapping


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        (["Question", "Answer"], ColumnMapping(query="Question", references=("Answer",))),
        (["prompt", "expected_output"], ColumnMapping(query="prompt", references=("expected_output",))),
        (
            ["id", "question", "A", "B", "C", "answer", "subject"],
            ColumnMapping(
                id="id", query="question", choices=("A", "B", "C"), references=("answer",), tags=("subject",)
            ),
        ),
        (
            ["user question", "option_1", "option_2", "label", "notes"],
            ColumnMapping(
                query="user question", choices=("option_1", "option_2"), references=("label",), extra=("notes",)
            ),
        ),
        (
            ["context", "title", "question", "answers", "level", "doc_id"],
            ColumnMapping(
                query="question",
                references=("answers",),
                documents=("context",),
                document_title="title",
                difficulty="level",
                group="doc_id",
            ),
        ),
        (["choices", "input", "target"], ColumnMapping(query="input", references=("target",), choices=("choices",))),
    ],
)
def test_columns_mean_what_they_are_called(columns: list[str], mapping: ColumnMapping) -> None:
    assert guess_mapping(columns) == mapping


def test_unknown_names_leave_the_longest_column_for_the_question() -> None:
    rows = [{"x": "1", "y": "Which river runs through Berlin?"}, {"x": "2", "y": "Who?"}]
    assert guess_mapping(["x", "y"], rows) == ColumnMapping(query="y", extra=("x",))


def test_an_id_that_repeats_is_no_id() -> None:
    rows = [{"id": "1", "question": "A?"}, {"id": "1", "question": "B?"}]
    assert guess_mapping(["id", "question"], rows).id is None


def test_bars_part_several_answers() -> None:
    rows = [{"question": "A?", "answer": "yes|y"}, {"question": "B?", "answer": "no"}]
    assert guess_mapping(["question", "answer"], rows).separator == "|"

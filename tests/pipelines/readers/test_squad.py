"""Questions of SQuAD keep their article and paragraph, in both forms of the file."""

from __future__ import annotations

from pipelines.data.example import Example
from pipelines.data.intake import read_examples
from pipelines.value import Document
from tests.pipelines.readers.sample import SAMPLES, lines

SPREE = (Document(title="River Spree", text="The Spree flows through Berlin."),)


def test_a_question_without_an_answer_says_so() -> None:
    assert read_examples(SAMPLES["squad"].content).examples[1] == Example(
        id="s2", query="When?", documents=SPREE, tags=("unanswerable",), group="River Spree"
    )


def test_flat_rows_are_the_same() -> None:
    row = {
        "id": "s1",
        "title": "River_Spree",
        "context": "The Spree flows through Berlin.",
        "question": "Where?",
        "answers": {"text": ["Berlin", "Berlin"], "answer_start": [24, 24]},
    }
    report = read_examples(lines(row))
    assert (report.kind, report.examples) == ("squad", (SAMPLES["squad"].first,))


def test_answers_of_another_shape_are_taken_as_far_as_they_go() -> None:
    row = {"question": "Where?", "context": "Here.", "answers": {"text": 7, "answer_start": 1}}
    assert read_examples(lines(row), kind="squad").examples[0].references == ("7",)

"""Lessons for thought templates cover the questions of a table and hold its best answers only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.graph import find_problems
from pipelines.outcome.thought import lessons_of, thinking_pipeline
from tests.pipelines.outcome.tables import table

ASKED = replace(
    table([[1.0], [1.0], [1.0], [1.0], [0.0]], queries=["sum a", "sum b", "verb a", "verb b", "verb c"]),
    answers=np.array([["1"], ["2"], ["3"], ["4"], ["5"]], dtype=object),
)
VECTORS = np.array([[1.0, 0.0], [0.99, 0.14], [0.0, 1.0], [0.14, 0.99], [0.1, 0.99]], dtype=np.float32)


def test_lessons_lie_far_apart_and_hold_what_is_near() -> None:
    found = lessons_of(ASKED, VECTORS, count=2, near=2)
    assert sorted(sorted(lesson.questions) for lesson in found) == [["sum a", "sum b"], ["verb a", "verb b"]]
    assert "5" not in {answer for lesson in found for answer in lesson.answers}
    assert len(lessons_of(ASKED, VECTORS, count=50, near=2)) == 4


def test_a_lesson_is_of_one_task() -> None:
    tasked = replace(ASKED, tasks=("sum", "verb", "sum", "verb", "verb"))
    found = lessons_of(tasked, VECTORS, count=2, near=3)
    assert sorted(sorted(lesson.questions) for lesson in found) == [["sum a", "verb a"], ["sum b", "verb b"]]


def test_a_lesson_is_a_prompt_and_a_document() -> None:
    [lesson] = lessons_of(ASKED, VECTORS, count=1, near=1, models=["m0"])
    assert f"<question>\n{lesson.questions[0]}\n</question>" in lesson.prompt()
    document = lesson.document("1. Add.")
    assert document.title == f"How to think about: {lesson.questions[0]}"
    assert document.text == f"For questions such as:\n- {lesson.questions[0]}\n\n1. Add."


def test_without_good_answers_there_is_nothing_to_learn() -> None:
    with pytest.raises(ConfigurationError, match="has a score of 1 or more"):
        lessons_of(replace(ASKED, score=ASKED.score / 2), VECTORS)


def test_the_pipeline_that_uses_them_is_valid() -> None:
    problems = find_problems(thinking_pipeline("ways", "m"), catalogue=None)
    assert [problem for problem in problems if problem.severity == "error"] == []

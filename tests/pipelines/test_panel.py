"""Several answers become blinded, delimited material."""

from __future__ import annotations

from pipelines.panel import candidates, labels, material
from pipelines.value import Answer, Query


def test_equal_blank_and_refused_answers_are_left_out() -> None:
    answers = [Answer(text=" "), Answer(text="a", model="m"), Answer(text="no", refused=True), Answer(text="a ")]
    assert candidates(answers) == [Answer(text="a", model="m")]


def test_refused_answers_stay_where_there_is_nothing_else() -> None:
    assert candidates([Answer(text="no", refused=True), Answer(text="")]) == [
        Answer(text="no", refused=True),
        Answer(text=""),
    ]


def test_the_material_names_no_model() -> None:
    text = material(Query(text="why?"), [Answer(text="x", model="m"), Answer(text="y</answer_2>")])
    assert text == (
        "<question>\nwhy?\n</question>\n\n<answer_1>\nx\n</answer_1>\n\n<answer_2>\ny&lt;/answer_2>\n</answer_2>"
    )


def test_an_answer_is_called_after_its_model_where_that_is_unique() -> None:
    answers = [Answer(text="1", model="m"), Answer(text="2", model="n"), Answer(text="3", model="m"), Answer(text="4")]
    assert labels(answers) == ("answer 1", "n", "answer 3", "answer 4")

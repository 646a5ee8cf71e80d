"""Which letter an answer takes, in the ways that models write it."""

from __future__ import annotations

import pytest

from pipelines.choice_letter import chosen_letter
from pipelines.scorers.multiple_choice import MultipleChoice
from tests.pipelines.scorers.bench import example, score_of, value_of

CITIES = ("Paris", "London", "Rome", "Berlin")


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("**B**.", "B"),
        ("Option A: Paris", "A"),
        ("B. London", "B"),
        ("My answer: B) London", "B"),
        ("The answer is A.", "A"),
        ("The answer is A because it is the capital.", "A"),
        ("The answer is a city called Rome", "C"),
        ("The answer is not B but C.", "C"),
        ("The answer isn't B, it is C.", "C"),
        ("The answer is A. Wait, no: the answer is D.", "D"),
        ("I choose option d.", "D"),
        ("The best answer is therefore B", "B"),
        (r"So $\boxed{\text{C}}$", "C"),
        ("A is wrong, and so is C. D is correct.", "D"),
        ("C\n\nExplanation: A and B are wrong.", "C"),
        ("Let me think.\n\nC) Rome", "C"),
        ("A) Paris is wrong. B) London is right.", "B"),
        ("A) Paris\nB) London\nC) Rome\nD) Berlin\n\nThe correct answer is C.", "C"),
        ("I would say (c), since it is old.", "C"),
        ("london", "B"),
        ("It must be London, of course.", "B"),
        ("Ｂ", "B"),
        ("Both B and C are wrong, so A.", "A"),
        ("A good question. The capital is London.", "B"),
    ],
)
def test_a_letter_is_found(text: str, letter: str) -> None:
    assert chosen_letter(text, CITIES) == letter


@pytest.mark.parametrize(
    "text",
    [
        "A) Paris\nB) London\nC) Rome\nD) Berlin",
        "A) Paris fits, and B) London fits too.",
        "I think the answer is A or C",
        "The correct answers are B and C.",
        "The capital is Rome, not Paris.",
    ],
)
def test_an_answer_that_takes_several_takes_none(text: str) -> None:
    assert chosen_letter(text, CITIES) == "several"


@pytest.mark.parametrize(
    "text", ["", "E", "The answer is not B.", "I do not know.", "A cat and I", "so I think", "the answer is: A cat"]
)
def test_an_answer_without_a_choice_takes_none(text: str) -> None:
    assert chosen_letter(text, CITIES) is None


def test_a_choice_inside_a_longer_one_does_not_count_beside_it() -> None:
    assert chosen_letter("That would be New York City.", ("York", "New York", "New York City")) == "C"


async def test_a_reference_may_be_the_text_of_a_choice() -> None:
    assert await value_of(MultipleChoice(), example("Rome", choices=CITIES), "The answer is C.") == 1.0


async def test_the_reason_names_what_was_taken() -> None:
    row = example("B", choices=CITIES)
    assert (await score_of(MultipleChoice(), row, "D")).reason == "expected B, took D"
    assert (await score_of(MultipleChoice(), row, "A or B?")).reason == "expected B, found several choices in A or B?"
    assert (await score_of(MultipleChoice(), row, "")).reason == "expected B, found no choice in nothing"

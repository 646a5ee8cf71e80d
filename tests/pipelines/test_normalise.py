"""Answers that say the same have one form, answers that differ have two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise import Comparison, normalise


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Paris", "paris"),
        ("  the PARIS. ", "paris"),
        ("It's Paris!", "paris"),
        ("The answer is Paris. It lies on the Seine.", "paris"),
        ("**Answer:** Paris", "paris"),
        ("1,000.0", "1000"),
        ("$1,000.00", "1000"),
        ("0.50", "0.5"),
        (".5", "0.5"),
        ("−5", "-5"),
        ("-0.0", "0"),
        ("007", "7"),
        ("12345678901234567890123456789012345", "12345678901234567890123456789012345"),
        ("So 5 + 3 = 8.\nThe answer is 8.", "8"),
        ("The answer is 42, because 6 * 7 = 42", "42"),
        ("Five plus three.\n#### 8", "8"),
        ("first \\boxed{3}, no: \\boxed{\\text{4}}", "4"),
        ("\\boxed{\\frac{1}{2}}", "frac 1 2"),
        ("(B)", "b"),
        ("B", "b"),
        ("b)", "b"),
        ("B) Paris", "b"),
        ("Answer: B", "b"),
        ("Final answer: **B**", "b"),
        ("Answer: B. Paris", "b"),
        ("the answer is (B) Paris", "b"),
        ("A", "a"),
        ("E. coli", "e coli"),
        ("don’t know", "dont know"),
        ("東京。", "東京"),
        ("ﬁne", "fine"),
        ("?", "?"),
        ("the", "the"),
        ("", ""),
    ],
)
def test_an_answer_is_brought_to_its_form(text: str, form: str) -> None:
    assert normalise(text) == form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x + 1", "x - 1"),
        ("x+1", "x-1"),
        ("5", "-5"),
        ("5%", "5"),
        ("1.5", "15"),
        ("2 years", "2 months"),
        ("C", "C++"),
        ("C++", "C#"),
        ("Rome", "Paris"),
        ("In 1969 Armstrong landed", "1969"),
    ],
)
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("text", "compare", "form"),
    [
        ("There are 12 pens and 5 pencils, 17 in all.", "number", "17"),
        ("The answer is 12 pens. I checked 3 times.", "number", "12"),
        ("It is \\boxed{1,250} of 3,000", "number", "1250"),
        ("about 1/2", "number", "1/2"),
        ("no number", "number", "no number"),
        ("I rule out (A), so it must be (C)", "choice", "c"),
        ("Answer: D", "choice", "d"),
        ("It is a hard question but B", "choice", "b"),
        ("A", "choice", "a"),
        ("nothing fits", "choice", "nothing fits"),
        ("The answer is Paris.", "text", "answer is paris"),
        ("# A title\n**bold** `code`", "text", "title bold code"),
    ],
)
def test_the_comparison_says_what_counts(text: str, compare: Comparison, form: str) -> None:
    assert normalise(text, compare) == form


@given(st.text(max_size=80), st.sampled_from(["auto", "text", "number", "choice"]))
def test_case_and_surrounding_space_never_count_for_words(text: str, compare: Comparison) -> None:
    assert normalise(f"  {text}\n", compare) == normalise(text, compare)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_has_one_form_however_it_is_written(number: object) -> None:
    assert normalise(f"{number:,}") == normalise(f"{number}0") == normalise(f"The answer is {number}.")

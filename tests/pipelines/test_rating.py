"""A score is read from JSON and from words, and a score outside the scale is refused."""

from __future__ import annotations

import pytest

from pipelines.error import DocumentError
from pipelines.rating import read_rating


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ('{"score": 7, "reason": "fine"}', 0.7),
        ('{"score": "7/10", "reason": "fine"}', 0.7),
        ('```json\n{"reason": "fine", "score": 7.0}\n```', 0.7),
        ('{"score": 7, "reason": "fine but cut off in the mid', 0.7),
        ("Score: 7", 0.7),
        ("**Score:** 7/10", 0.7),
        ("I give it 85 out of 100.", 0.85),
        ("7", 0.7),
        ("Rating is 10. Perfect.", 1.0),
        ('{"score": 0, "reason": ""}', 0.0),
    ],
)
def test_a_score_is_read(text: str, score: float) -> None:
    assert read_rating(text).score == score


def test_the_reason_is_read() -> None:
    assert read_rating('{"score": 7, "reason": "Too long."}').reason == "Too long."
    assert read_rating('{"score": 7, "reason": ["Too long."]}').reason == ""
    assert read_rating("Score: 7, too long.").reason == "Score: 7, too long."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Good answer.", "Found no score in 'Good answer.'; it must be a number from 0 to 10."),
        ('{"score": 11, "reason": ""}', "The score is 11 of 10; it must be a number from 0 to 10."),
        ('{"score": null, "reason": ""}', "Found no score in 'None'; it must be a number from 0 to 10."),
        ("3/0", "The score is 3 of 0; it must be a number from 0 to 10."),
        ("", "Found no score in ''; it must be a number from 0 to 10."),
    ],
)
def test_text_without_a_score_in_range_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_rating(text)
    assert str(caught.value) == sentence


def test_endless_digits_and_spaces_are_refused_at_once() -> None:
    for text in ("9" * 100_000, "score" + " " * 100_000 + "x"):
        with pytest.raises(DocumentError, match=r"^Found no score in"):
            read_rating(text)

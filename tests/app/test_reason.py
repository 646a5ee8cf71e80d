"""The reasons of a strategy in words."""

from __future__ import annotations

import pytest

from app.reason import in_words, reason_title


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (False, "no"),
        (True, "yes"),
        (None, "none"),
        (1, "1"),
        (0.12345, "0.123"),
        ({"by_words": 0.5, "known": True}, "by words 0.5, known yes"),
        (["a", None], "a; none"),
        ([], "none"),
    ],
)
def test_a_reason_is_told_in_words(value: object, told: str) -> None:
    assert in_words(value) == told


def test_a_reason_has_a_title_for_people() -> None:
    assert reason_title("stranger") == "Unlike every task that it knows"
    assert reason_title("scores_there") == "Scores there"

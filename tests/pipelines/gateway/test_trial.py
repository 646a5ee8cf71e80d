"""What a listener hears of an answer that is asked for more than once."""

from __future__ import annotations

import pytest

from pipelines.gateway.trial import Relay


def heard_of(*tries: list[str]) -> list[str]:
    heard: list[str] = []
    relay = Relay(heard.append)
    for pieces in tries:
        relay.restart()
        for piece in pieces:
            relay(piece)
    assert relay.text == "".join(tries[-1])
    return heard


@pytest.mark.parametrize(
    ("tries", "heard"),
    [
        ([["hel", "lo"]], ["hel", "lo"]),
        ([["hel"], ["hel", "lo"]], ["hel", "lo"]),
        ([["hel"], ["h", "ello", "!"]], ["hel", "lo", "!"]),
        ([["hello"], ["hel"], ["hello", " you"]], ["hello", " you"]),
        ([["hello"], ["help"], ["hello you"]], ["hello", " you"]),
        ([["hello"], ["help", " me"]], ["hello"]),
        ([["he"], ["hello"], ["hello you"]], ["he", "llo", " you"]),
        ([["x"], ["", "x", ""]], ["x"]),
    ],
)
def test_nothing_is_told_twice_and_another_answer_not_at_all(tries: list[list[str]], heard: list[str]) -> None:
    assert heard_of(*tries) == heard

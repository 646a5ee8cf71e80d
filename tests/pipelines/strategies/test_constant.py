"""Always the one that was named."""

from __future__ import annotations

from pipelines.strategies.constant import Constant
from pipelines.strategy import Candidate

POOL = tuple(Candidate(name=name) for name in "abc")


def test_the_named_place_scores_one() -> None:
    assert Constant(place=2).score(["x", "y"], POOL).tolist() == [[0.0, 1.0, 0.0]] * 2


def test_a_place_past_the_end_is_the_last() -> None:
    assert Constant(place=9).score(["x"], POOL).tolist() == [[0.0, 0.0, 1.0]]

"""Long questions go to the end of the list."""

from __future__ import annotations

from pipelines.strategies.length import Length
from pipelines.strategy import Candidate

POOL = tuple(Candidate(name=name) for name in ("weak", "middle", "strong"))


def test_the_score_falls_with_the_distance_from_the_place_that_suits() -> None:
    scores = Length(long_words=10).score(["", "w " * 5, "w " * 10, "w " * 99], POOL)
    assert scores.tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0], [0.0, 0.5, 1.0]]


def test_a_single_candidate_takes_all() -> None:
    assert Length().score(["a b c"], POOL[:1]).shape == (1, 1)

"""Lots that repeat and that are fair."""

from __future__ import annotations

import pytest

from pipelines.strategies.chance import Chance
from pipelines.strategy import Candidate

POOL = tuple(Candidate(name=name) for name in "abc")
QUERIES = [f"question {n}" for n in range(3_000)]


def test_a_question_draws_the_same_lot_in_any_company() -> None:
    assert Chance().score(QUERIES, POOL)[7].tolist() == Chance().score([QUERIES[7]], POOL)[0].tolist()


def test_another_seed_draws_other_lots() -> None:
    assert Chance().score(["a"], POOL).tolist() != Chance(seed=1).score(["a"], POOL).tolist()


def test_each_candidate_wins_about_as_often() -> None:
    winners = Chance().score(QUERIES, POOL).argmax(axis=1)
    assert [(winners == n).mean() for n in range(3)] == pytest.approx([1 / 3] * 3, abs=0.03)

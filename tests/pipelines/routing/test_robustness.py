"""Whether a router sends a question elsewhere when only its wording changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.choice import Choices
from pipelines.routing.robustness import robustness, with_typos

QUERIES = ["Write a letter about the harbour", "What is 2 + 2?", "42", "Which lantern is the oldest?"]
SCORE = np.array([[1.0, 0.0]] * 4)


def by_capital(queries: Sequence[str]) -> Choices:
    return np.array([int(not query[0].isupper()) for query in queries], dtype=np.intp)


def test_a_router_that_looks_at_capitals_moves_with_them() -> None:
    found = {each.change: each for each in robustness(QUERIES, by_capital, SCORE)}
    lower = found["no capitals"]
    # "42" has no capital to lose, and three routes change.
    assert lower.changed == 3
    assert lower.unchanged_routes.value == 0.0
    assert lower.score_lost.value == 1.0
    assert found["typos"].unchanged_routes.value == 1.0


def test_what_a_change_does_not_touch_does_not_count() -> None:
    [found] = robustness(["42", "17"], by_capital, SCORE[:2], changes=("typos",))
    assert found.changed == 0
    assert found.unchanged_routes.value is None


def test_a_typo_swaps_two_letters_inside_a_word() -> None:
    [altered] = with_typos(["lantern"], 0)
    assert altered != "lantern"
    assert sorted(altered) == sorted("lantern")
    assert altered[0] == "l"
    assert with_typos(["lantern"], 0) == [altered]


def test_a_paraphrase_keeps_the_rest() -> None:
    seen: list[str] = []

    def remember(queries: Sequence[str]) -> Choices:
        seen.extend(queries)
        return np.zeros(len(queries), dtype=np.intp)

    [found] = robustness(QUERIES, remember, SCORE, changes=("paraphrase",))
    assert found.changed == 3
    assert "compose a letter about the harbour" in seen

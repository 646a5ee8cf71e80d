"""RouterArena's score by hand."""

from __future__ import annotations

import pytest

from pipelines.routing.arena import arena_score


@pytest.mark.parametrize(
    ("accuracy", "usd_per_1k", "score"),
    [(0.6901, 0.0475, 0.6973), (0.5234, 0.176, 0.5332), (1.0, 0.0044, 1.0), (0.5, 0.0, 0.55 / 1.05), (0.0, 200.0, 0.0)],
)
def test_the_score_weighs_accuracy_and_the_logarithm_of_cost(accuracy: float, usd_per_1k: float, score: float) -> None:
    assert arena_score(accuracy, usd_per_1k / 1_000) == pytest.approx(score, abs=2e-4)


def test_at_equal_accuracy_the_cheaper_is_ahead() -> None:
    assert arena_score(0.8, 1e-4) > arena_score(0.8, 1e-3) > arena_score(0.8, 1e-1)

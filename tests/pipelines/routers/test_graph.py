"""The graph of questions learns nothing from its own answers."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.outcome.table import OutcomeTable
from pipelines.routers.graph import Graph
from tests.pipelines.outcome.tables import table

WORDS = [f"word{number}" for number in range(300)]


def _asked(rng: np.random.Generator, n: int) -> list[str]:
    return [" ".join(rng.choice(WORDS, 12)) for _ in range(n)]


def _noise(*, holes: float = 0.0) -> OutcomeTable:
    """Returns questions that say nothing of the scores, which are thrown."""
    rng = np.random.default_rng(1)
    scores = rng.integers(2, size=(300, 3)).astype(float)
    scores[rng.random(scores.shape) < holes] = np.nan
    return table(scores.tolist(), queries=_asked(rng, 300), tasks=[f"task {number % 40}" for number in range(300)])


@pytest.mark.parametrize("holes", [0.0, 0.4])
@pytest.mark.parametrize("neighbours", [5, 24])
def test_where_questions_say_nothing_all_are_expected_alike(neighbours: int, holes: float) -> None:
    outcomes = _noise(holes=holes)
    fitted = Graph(neighbours=neighbours).fit(outcomes)
    expected = fitted.predict(_asked(np.random.default_rng(2), 200))
    # With their own scores among what the training questions hear, this is 0.1 to 0.25.
    assert (expected - expected.mean(axis=0)).std() < 0.06


def test_neighbours_that_know_are_heard() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.integers(2, size=400)
    queries = [f"{('prove', 'translate')[kind]} {' '.join(rng.choice(WORDS[:20], 2))}" for kind in kinds]
    fitted = Graph().fit(table([[float(kind), 1.0 - kind] for kind in kinds], queries=queries))
    expected = fitted.predict(["prove word1 word2", "translate word1 word2"])
    assert expected.argmax(axis=1).tolist() == [1, 0]
    assert abs(expected[0, 1] - expected[0, 0]) > 0.5

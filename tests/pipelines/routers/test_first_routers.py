"""Ridge, neighbours, clusters and categories on tables whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import split_table
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from tests.pipelines.outcome.tables import table, two_tasks

EVERY = [Ridge(), Knn(neighbours=5), Cluster(n_clusters=2), Category()]


@pytest.mark.parametrize("strategy", EVERY, ids=lambda strategy: strategy.kind)
def test_two_crafts_are_told_apart(strategy: LearnedStrategy) -> None:
    train, test = split_table(two_tasks(), (0.5, 0.5))
    predicted = strategy.fit(train).predict(test.queries)
    assert predicted.argmax(axis=1).tolist() == test.score.argmax(axis=1).tolist()


@pytest.mark.parametrize("strategy", EVERY, ids=lambda strategy: strategy.kind)
def test_a_missing_cell_is_not_a_zero(strategy: LearnedStrategy) -> None:
    whole = two_tasks()
    score = np.ones_like(whole.score)
    score[::3, 0] = np.nan
    holed = table(score.tolist(), queries=whole.queries, tasks=whole.tasks)
    predicted = strategy.fit(holed).predict(whole.queries[:10])
    assert predicted == pytest.approx(np.ones((10, 2)), abs=1e-6)


def test_a_cluster_of_few_questions_is_drawn_to_the_mean() -> None:
    few = table([[1.0], [0.0], [0.0], [0.0]], queries=["apple tree", "stone wall", "stone wall", "stone wall"])
    fitted = Cluster(n_clusters=2, shrinkage=4.0).fit(few)
    found = fitted.predict(["apple tree"])[0, 0]
    assert found == pytest.approx((1.0 + 4.0 * 0.25) / 5.0)


def test_neighbours_are_told_with_what_they_scored() -> None:
    fitted = Knn(neighbours=3).fit(two_tasks())
    nearest = fitted.explain("What is 12 plus 30?")["neighbours"][0]
    assert nearest["query"].startswith("What is")
    assert nearest["scores"] == {"counter": 1.0, "linguist": 0.0}

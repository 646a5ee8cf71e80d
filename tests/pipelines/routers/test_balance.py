"""Clusters that weigh accuracy against cost, and how sure neighbours and clusters are."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.routers.cluster import Cluster
from pipelines.routers.knn import Knn
from tests.pipelines.outcome.tables import table, two_tasks

SCORES = [[0.9, 0.5, 0.4]] * 4
COSTS = [[10.0, 1.0, 5.0]] * 4
SAME = ["the same words"] * 4


@pytest.mark.parametrize(
    ("balance", "worth"),
    [(1.0, [1.0, 0.2, 0.0]), (0.0, [0.0, 0.9, 0.5]), (0.5, [0.5, 0.55, 0.25])],
)
def test_accuracy_from_low_to_high_is_weighed_against_the_share_of_the_largest_cost(
    balance: float, worth: list[float]
) -> None:
    fitted = Cluster(n_clusters=1, balance=balance).fit(table(SCORES, queries=SAME, cost_usd=COSTS))
    assert fitted.predict(["the same words"])[0] == pytest.approx(worth)


def test_models_that_do_the_same_are_told_apart_by_cost_alone() -> None:
    level = table([[0.5, 0.5]] * 4, queries=SAME, cost_usd=[[2.0, 1.0]] * 4)
    fitted = Cluster(n_clusters=1, balance=0.9).fit(level)
    assert fitted.predict(["the same words"])[0] == pytest.approx([0.0, 0.05])


def test_a_balance_needs_costs() -> None:
    with pytest.raises(ConfigurationError, match="no cost of the model 'm0'"):
        Cluster(balance=0.5).fit(table(SCORES, queries=SAME))


@pytest.mark.parametrize("strategy", [Knn(), Cluster(n_clusters=2)], ids=lambda strategy: strategy.kind)
def test_a_known_question_is_surer_than_a_stranger(strategy: LearnedStrategy) -> None:
    train = two_tasks(100)
    fitted = strategy.fit(train)
    sure, empty = fitted.confidence([train.queries[0], "der Hund schläft gern"]), fitted.confidence([])
    assert sure is not None
    assert empty is not None
    assert sure[0] > 0.8
    assert sure[1] == 0.0
    assert empty.shape == (0,)

"""Eleven models with recorded costs on three sets of RouterBench: the cost-quality curve, and points chosen on it.

The hull of a curve picks the points that did well on the very test rows. What a person gets who picks the point on
left-out training rows is told in a second table. `--points` prints only that one.

python -m tests.bench.router.routerbench FOLDER [TEST_FOLDER] [--points]
"""

from __future__ import annotations

import sys

import numpy as np

from pipelines.choice import best
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.routing.background import Background
from pipelines.routing.cost import CostModel
from pipelines.routing.curve import cost_curve, routed
from tests.bench.router.contest import contest
from tests.bench.router.tally import Tally, oracle_cost, parts, tables

STRATEGIES: dict[str, LearnedStrategy] = {
    "ridge": Ridge(),
    "category": Category(),
    "cluster": Cluster(),
    "knn": Knn(),
    "ensemble": Ensemble(),
}
POINTED = ("ridge", "category")
"""The strategies that fit in seconds, so that they can be fitted on every fold."""

FOLDS = 4
LOSSES = {"no loss in training": 0.0, "one standard error": 1.0}
"""How far the mean loss to the best single model may lie below 0 on left-out training rows, in standard errors."""


def weights_of_cost(strategy: LearnedStrategy, train: OutcomeTable, single: int, seed: int) -> dict[str, float]:
    """Returns for each of `LOSSES` the weight of cost, in score per USD, that is cheapest on left-out training rows."""
    part = np.random.default_rng(seed).permutation(train.n_queries) % FOLDS
    predicted, costs = np.zeros_like(train.score), np.zeros_like(train.score)
    for number in range(FOLDS):
        known, held = train.rows(part != number), train.rows(part == number)
        predicted[part == number] = strategy.fit(known, seed=seed).predict(held.queries)
        costs[part == number] = CostModel.fit(known).predict(held.queries)
    curve = cost_curve(predicted, costs, train.score, train.cost_usd)
    gains = np.stack([routed(train.score, chosen) for chosen in curve.choices]) - train.score[:, single]
    mean, error = gains.mean(axis=1), gains.std(axis=1) / np.sqrt(train.n_queries)
    found = {}
    for name, errors in LOSSES.items():
        good = mean >= -errors * error
        # Where no point is as good, the most accurate one is the nearest to it.
        place = int(np.where(good, curve.cost_usd, np.inf).argmin()) if good.any() else int(mean.argmax())
        found[name] = float(curve.weight[place])
    return found


def add_points(tally: Tally, train: OutcomeTable, test: OutcomeTable, seed: int) -> None:
    """Takes what strategies reach on the test rows at the points that the training rows choose."""
    single, rows = int(Background.of(train).means.argmax()), np.arange(test.n_queries)
    costs = CostModel.fit(train).predict(test.queries)
    tally.rows(test)
    tally.add("best single", test.score[:, single], test.cost_usd[:, single])
    tally.add("random", test.score.mean(axis=1), test.cost_usd.mean(axis=1))
    told = best(Background.of(train).task_table(test))
    tally.add("task table (told the task)", test.score[rows, told], test.cost_usd[rows, told])
    for strategy in POINTED:
        predicted = STRATEGIES[strategy].fit(train, seed=seed).predict(test.queries)
        for name, weight in weights_of_cost(STRATEGIES[strategy], train, single, seed).items():
            chosen = best(predicted - weight * costs) if np.isfinite(weight) else best(-costs)
            tally.add(f"{strategy}, {name}", test.score[rows, chosen], test.cost_usd[rows, chosen])
    tally.add("oracle", test.score.max(axis=1), oracle_cost(test))


def main() -> None:
    """Prints two tables; the reference `random` of the first is the hull of the single models, the Zero router."""
    table, test_table = tables()
    if "--points" not in sys.argv:
        columns = ("AIQ", "saved at best single", "accuracy", "fit s", "p99 ms")
        contest("RouterBench", STRATEGIES, parts(table, test_table), columns)
    tally = Tally("best single")
    for seed, train, test in parts(table, test_table):
        add_points(tally, train, test, seed)
    tally.print("RouterBench, points chosen on left-out training rows")


if __name__ == "__main__":
    main()

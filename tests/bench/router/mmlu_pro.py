"""Votes and routes on MMLU-Pro: 28 models, nine of at most 8B, and eight of middle size.

python -m tests.bench.router.mmlu_pro FOLDER [TEST_FOLDER] [--vectors=FILE.npz --weights=FOLDER]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.choice import best
from pipelines.featurizers.embedding import Embedding
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.kernel import Kernel
from pipelines.routing.background import Background
from pipelines.space import Space
from tests.bench.router.chosen import choice, mean_score
from tests.bench.router.mmlu_pro_votes import add_votes, pools
from tests.bench.router.tally import Tally, parts, tables
from tests.bench.router.vectors import fitting, given

BOTH = (Category(), Category(featurizer=Embedding()))
ROUTES: dict[str, LearnedStrategy] = {
    "task, then model": BOTH[0],
    "task by meaning": BOTH[1],
    "task, both": Ensemble(members=BOTH, folds=1),
    "task, both, and kernel": Ensemble(members=(*BOTH, Kernel(meaning=1.0, penalty=30.0)), folds=1),
}


def add_routes(
    tally: Tally,
    train: OutcomeTable,
    test: OutcomeTable,
    routes: Mapping[str, LearnedStrategy],
    space: Space | None,
    seed: int,
) -> None:
    """Adds what every route scores, and the one that the training rows choose."""
    first = next(iter(routes))
    chosen = choice(routes, train, mean_score, space=space, seed=seed) if len(routes) > 1 else first
    asked = {
        name: best(routes[name].fit(train, space=space, seed=seed).predict(test.queries, space=space))
        for name in dict.fromkeys((first, chosen))
    }
    rows, dealt = np.arange(test.n_queries), np.random.default_rng(seed).permutation(asked[chosen])
    tally.add(f"route: {first}", test.score[rows, asked[first]])
    tally.add("route: => chosen in training", test.score[rows, asked[chosen]])
    tally.add("route: its choices dealt at random", test.score[rows, dealt])


def one_pool(
    title: str,
    models: Sequence[str],
    table: OutcomeTable,
    test_table: OutcomeTable | None,
    routes: Mapping[str, LearnedStrategy],
    space: Space | None,
) -> None:
    """Prints the figures of one pool; its routes are chosen among those given."""
    tally = Tally("best single")
    kept = None if test_table is None else test_table.columns(models).complete()
    for seed, train, test in parts(table.columns(models).complete(), kept):
        tally.rows(test)
        background = Background.of(train)
        rows = np.arange(test.n_queries)
        tally.add("random", test.score.mean(axis=1))
        tally.add("best single", test.score[:, int(background.means.argmax())])
        tally.add("task table (told the task)", test.score[rows, best(background.task_table(test))])
        add_routes(tally, train, test, routes, space, seed)
        add_votes(tally, train, test, seed)
        tally.add("oracle", test.score.max(axis=1))
    tally.print(f"{title}, {len(models)} models")


def main() -> None:
    """Prints one table for each pool."""
    table, test = tables()
    space = given([table] if test is None else [table, test])
    for title, models in pools(table).items():
        # Small models are there to vote: on them a route is only shown beside.
        routes = fitting(ROUTES, space) if title == "All" else dict(list(ROUTES.items())[:1])
        one_pool(title, models, table, test, routes, space)


if __name__ == "__main__":
    main()

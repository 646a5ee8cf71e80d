"""Seven models of 7-8B: one router for five known sets and for three it never saw (RouterDC).

python -m tests.bench.router.routerdc FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from pipelines.choice import best
from pipelines.featurizers.signs import Signs
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.ridge import Ridge
from pipelines.routing.background import Background
from pipelines.routing.tuning import tried
from tests.bench.router.tally import SEEDS, Tally, tables

KNOWN = ("mmlu", "gsm8k", "cmmlu", "arc_challenge", "humaneval")
NEW = ("MATH_prealgebra", "mbpp", "ceval")
CONDENSED = Signs(words=Tfidf(pairs=False, dims=64))

CANDIDATES: dict[str, LearnedStrategy] = {
    "task, words": Category(featurizer=Tfidf()),
    "task, words and signs": Category(),
    "task, cautious": Category(strength=1.0),
    "task, sure": Category(strength=100.0),
    "clusters": Cluster(n_clusters=8),
    "clusters, signs too": Cluster(n_clusters=8, featurizer=CONDENSED),
    "ridge": Ridge(penalty=30.0),
    "ridge, signs too": Ridge(penalty=30.0, featurizer=Signs()),
}


def of_sets(table: OutcomeTable, part: str, sets: tuple[str, ...]) -> OutcomeTable:
    """Returns the rows of some sets of one part of the original split; of a table without that part, of the sets."""
    named = np.isin(np.array(table.tasks), sets)
    return table.rows(named & (np.array(table.splits) == part) if part in table.splits else named)


def evened(found: Floats, tasks: tuple[str, ...]) -> Floats:
    """Returns the scores weighted so that their mean is the mean over the sets."""
    names, numbers, counts = np.unique(np.array(tasks), return_inverse=True, return_counts=True)
    return np.asarray(found * (len(found) / (len(names) * counts[numbers.reshape(-1)])))


def ways(
    background: Background, fitted: Mapping[str, LearnedStrategy], test: OutcomeTable, chosen: str
) -> Iterator[tuple[str, Floats]]:
    """Yields what every reference and every router scores on the test rows."""
    rows = np.arange(test.n_queries)
    yield "random", test.score.mean(axis=1)
    yield "best single", test.score[:, int(background.means.argmax())]
    yield "task table (told the task)", test.score[rows, best(background.task_table(test))]
    for name, strategy in fitted.items():
        found = test.score[rows, best(strategy.predict(test.queries))]
        yield name, found
        if name == chosen:
            yield "=> chosen in training", found
    yield "oracle", test.score.max(axis=1)


def main() -> None:
    """Prints which router the training rows choose, and one table for the known sets and one for the new ones."""
    table, other = tables()
    train = of_sets(table, "train", KNOWN)
    trials = tried(CANDIDATES, train)
    for trial in trials:
        print(f"left-out training rows: {trial.name:24} {trial.score:.4f}")
    tests = {"Known sets": of_sets(other or table, "test", KNOWN), "New sets": of_sets(other or table, "ood", NEW)}
    tallies = {"Known sets": Tally("task table (told the task)"), "New sets": Tally("best single")}
    background = Background.of(train)
    for seed in SEEDS:
        fitted = {name: strategy.fit(train, seed=seed) for name, strategy in CANDIDATES.items()}
        for title, test in tests.items():
            tallies[title].rows(test)
            for name, found in ways(background, fitted, test, trials[0].name):
                tallies[title].add(name, evened(found, test.tasks))
    for title, test in tests.items():
        tallies[title].print(f"{title}, mean over {len(set(test.tasks))}, {test.n_queries:,} rows")


if __name__ == "__main__":
    main()

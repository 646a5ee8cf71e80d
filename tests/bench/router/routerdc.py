"""Seven models of 7-8B: one router for five known sets and for three it never saw (RouterDC).

python -m tests.bench.router.routerdc FOLDER [TEST_FOLDER] [--vectors=FILE.npz --weights=FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from pipelines.choice import best
from pipelines.featured import dense
from pipelines.featurizers.signs import Signs
from pipelines.featurizers.surface import Surface
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.kernel import Kernel
from pipelines.routing.background import Background
from pipelines.space import Space
from tests.bench.router.chosen import FOLDS, Parts, choice, mean_over_tasks, random_parts
from tests.bench.router.tally import SEEDS, Tally, tables
from tests.bench.router.vectors import fitting, given

KNOWN = ("mmlu", "gsm8k", "cmmlu", "arc_challenge", "humaneval")
NEW = ("MATH_prealgebra", "mbpp", "ceval")
CONDENSED = Signs(words=Tfidf(pairs=False, dims=64))
GROUPS = Cluster(n_clusters=8, featurizer=CONDENSED)

CANDIDATES: dict[str, LearnedStrategy] = {
    "task": Category(),
    "task by looks": Category(featurizer=Surface()),
    "task, clusters, kernel": Ensemble(members=(Category(), GROUPS, Kernel(penalty=30.0)), folds=1),
    "the same with meaning": Ensemble(members=(Category(), GROUPS, Kernel(penalty=30.0, meaning=1.0)), folds=1),
}
TOPICS = 12
"""So many groups of rows of each task are made to leave whole groups out."""


def of_sets(table: OutcomeTable, part: str, sets: tuple[str, ...]) -> OutcomeTable:
    """Returns the rows of some sets of one part of the original split; of a table without that part, of the sets."""
    named = np.isin(np.array(table.tasks), sets)
    return table.rows(named & (np.array(table.splits) == part) if part in table.splits else named)


def topic_parts(train: OutcomeTable) -> Parts:
    """Returns parts of whole topics, an array (n_queries,): what is left out is as new as a set never seen."""
    from sklearn.cluster import KMeans

    rows = dense(CONDENSED.lens(CONDENSED.learn(train.queries)).features(train.queries, None))
    found = np.zeros(train.n_queries, dtype=np.intp)
    for number, task in enumerate(sorted(set(train.tasks))):
        mine = np.flatnonzero(np.array(train.tasks) == task)
        topics = KMeans(min(TOPICS, len(mine)), n_init=1, random_state=0).fit(rows[mine]).labels_
        found[mine] = np.random.default_rng(number).permutation(TOPICS)[topics] % FOLDS
    return found


def evened(found: Floats, tasks: tuple[str, ...]) -> Floats:
    """Returns the scores weighted so that their mean is the mean over the sets."""
    names, numbers, counts = np.unique(np.array(tasks), return_inverse=True, return_counts=True)
    return np.asarray(found * (len(found) / (len(names) * counts[numbers.reshape(-1)])))


def ways(
    background: Background,
    fitted: Mapping[str, LearnedStrategy],
    test: OutcomeTable,
    chosen: str,
    space: Space | None,
    seed: int,
) -> Iterator[tuple[str, Floats]]:
    """Yields what every reference and every router scores on the test rows."""
    rows = np.arange(test.n_queries)
    yield "random", test.score.mean(axis=1)
    yield "best single", test.score[:, int(background.means.argmax())]
    yield "task table (told the task)", test.score[rows, best(background.task_table(test))]
    for name, strategy in fitted.items():
        asked = best(strategy.predict(test.queries, space=space))
        yield name, test.score[rows, asked]
        if name == chosen:
            yield "=> chosen in training", test.score[rows, asked]
            yield "   its choices dealt at random", test.score[rows, np.random.default_rng(seed).permutation(asked)]
    yield "oracle", test.score.max(axis=1)


def main() -> None:
    """Prints which router the training rows choose, and one table for the known sets and one for the new ones."""
    table, other = tables()
    train = of_sets(table, "train", KNOWN)
    tested = {"Known sets": of_sets(other or table, "test", KNOWN), "New sets": of_sets(other or table, "ood", NEW)}
    space = given([train, *tested.values()])
    candidates = fitting(CANDIDATES, space)
    parts = (random_parts(train, 0), topic_parts(train))
    chosen = choice(candidates, train, mean_over_tasks, parts=parts, space=space)
    tallies = {"Known sets": Tally("task table (told the task)"), "New sets": Tally("best single")}
    background = Background.of(train)
    for seed in SEEDS:
        judged = dict.fromkeys(("task", chosen))
        fitted = {name: candidates[name].fit(train, space=space, seed=seed) for name in judged}
        for title, test in tested.items():
            tallies[title].rows(test)
            for name, found in ways(background, fitted, test, chosen, space, seed):
                tallies[title].add(name, evened(found, test.tasks))
    for title, test in tested.items():
        tallies[title].print(f"{title}, mean over {len(set(test.tasks))}, {test.n_queries:,} rows")


if __name__ == "__main__":
    main()

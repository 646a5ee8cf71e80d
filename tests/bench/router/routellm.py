"""Two models on MMLU and on GSM8K: which share of the gap is recovered with few labels (RouteLLM).

python -m tests.bench.router.routellm FOLDER [TEST_FOLDER] [--vectors=FILE.npz --weights=FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.featurizers.embedding import Embedding
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.kernel import Kernel
from pipelines.routers.knn import Knn
from tests.bench.router.chosen import choice, gap_recovered
from tests.bench.router.contest import Split, contest
from tests.bench.router.tally import SEEDS, tables
from tests.bench.router.vectors import fitting, given

LABELS = {"MMLU": 1_500, "GSM8K": 600}
LIGHT = (Kernel(), Kernel(meaning=1.0, penalty=10.0), Knn(featurizer=Embedding()))
STRATEGIES: dict[str, LearnedStrategy] = {
    "kernel": Kernel(),
    "kernels, kNN, meaning": Ensemble(members=LIGHT, folds=1),
    "ensemble, even": Ensemble(folds=1),
    "ensemble, even, meaning": Ensemble(folds=1, meaning=True),
}
"""Of so few labels the weights of an ensemble are mostly luck: here all its members weigh alike."""


def of_set(table: OutcomeTable, name: str) -> OutcomeTable:
    """Returns the rows of GSM8K, or those of the subjects of MMLU."""
    return table.rows(np.array([(task == "gsm8k") == (name == "GSM8K") for task in table.tasks]))


def labelled(table: OutcomeTable, test: OutcomeTable | None, count: int) -> Iterator[Split]:
    """Yields so many random rows to learn from; the rest, or the given test rows, to be judged on."""
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(table.n_queries)
        yield seed, table.rows(order[:count]), test or table.rows(order[count:])


def main() -> None:
    """Prints what the labels of each seed choose, and one table for each set."""
    table, test = tables()
    space = given([table] if test is None else [table, test])
    strategies = fitting(STRATEGIES, space)
    for name, count in LABELS.items():
        held = None if test is None else of_set(test, name)
        contest(
            f"{name}, {count:,} labels", strategies, labelled(of_set(table, name), held, count),
            ("APGR", "CPT50", "CPT80", "accuracy", "fit s", "p99 ms"), space=space,
            choose=lambda train, seed: choice(strategies, train, gap_recovered, space=space, seed=seed),
            always=("kernel",),
        )  # fmt: skip


if __name__ == "__main__":
    main()

"""Nine models on fourteen tasks, trained and judged on the parts the table itself names (LLMRouter).

python -m tests.bench.router.llmrouter FOLDER [TEST_FOLDER] [--vectors=FILE.npz --weights=FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.featurizers.embedding import Embedding
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.kernel import Kernel
from pipelines.routers.ridge import Ridge
from tests.bench.router.chosen import choice, mean_score
from tests.bench.router.contest import Split, contest
from tests.bench.router.tally import SEEDS, tables
from tests.bench.router.vectors import fitting, given

BOTH = (Category(), Category(featurizer=Embedding()))
STRATEGIES: dict[str, LearnedStrategy] = {
    "ridge": Ridge(),
    "category": BOTH[0],
    "kernel": Kernel(penalty=10.0),
    "ensemble": Ensemble(),
    "category, meaning": Ensemble(members=BOTH, folds=1),
    "ensemble, meaning": Ensemble(meaning=True),
}


def of_part(table: OutcomeTable, name: str) -> OutcomeTable:
    """Returns the rows of one part of the original split."""
    return table.rows(np.array([split == name for split in table.splits]))


def own_split(table: OutcomeTable, test: OutcomeTable | None) -> Iterator[Split]:
    """Yields the original parts under every seed; of another table the part named `test`, if it has one."""
    held = table if test is None else test
    judged = of_part(held, "test") if "test" in held.splits else held
    for seed in SEEDS:
        yield seed, of_part(table, "train"), judged


def main() -> None:
    """Prints what the training rows choose, and one table."""
    table, test = tables()
    space = given([table] if test is None else [table, test])
    strategies = fitting(STRATEGIES, space)
    chosen = choice(strategies, of_part(table, "train"), mean_score, space=space)
    contest(
        "LLMRouter", strategies, own_split(table, test), ("accuracy", "fit s", "p99 ms"),
        space=space, choose=lambda _train, _seed: chosen, always=("ridge", "category"),
    )  # fmt: skip


if __name__ == "__main__":
    main()

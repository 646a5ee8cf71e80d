"""Nine models on fourteen tasks, trained and judged on the parts the table itself names (LLMRouter).

python -m tests.bench.router.llmrouter FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.ridge import Ridge
from pipelines.routing.tuning import tried
from tests.bench.router.contest import Split, contest
from tests.bench.router.tally import SEEDS, tables

STRATEGIES: dict[str, LearnedStrategy] = {
    "ridge 3": Ridge(penalty=3.0),
    "ridge 10": Ridge(),
    "ridge 30": Ridge(penalty=30.0),
    "category": Category(),
    "cluster 64": Cluster(n_clusters=64),
    "ensemble": Ensemble(),
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
    for trial in tried(STRATEGIES, of_part(table, "train")):
        print(f"left-out training rows: {trial.name:12} {trial.score:.4f}", flush=True)
    contest("LLMRouter", STRATEGIES, own_split(table, test), ("accuracy", "fit s", "p99 ms"))


if __name__ == "__main__":
    main()

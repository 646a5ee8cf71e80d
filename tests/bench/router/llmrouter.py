"""Nine models on fourteen tasks, trained and judged on the parts the table itself names (LLMRouter).

python -m tests.bench.router.llmrouter FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.ridge import Ridge
from tests.bench.router.contest import Split, contest
from tests.bench.router.tally import SEEDS, tables

STRATEGIES = {"ridge": Ridge(), "category": Category(), "cluster": Cluster(n_clusters=64), "ensemble": Ensemble()}


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
    """Prints one table."""
    contest("LLMRouter", STRATEGIES, own_split(*tables()), ("accuracy", "fit s", "p99 ms"))


if __name__ == "__main__":
    main()

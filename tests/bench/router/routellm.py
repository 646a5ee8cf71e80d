"""Two models on MMLU and on GSM8K: which share of the gap is recovered with few labels (RouteLLM).

python -m tests.bench.router.routellm FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.outcome.table import OutcomeTable
from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.ridge import Ridge
from tests.bench.router.contest import Split, contest
from tests.bench.router.tally import SEEDS, tables

LABELS = {"MMLU": 1_500, "GSM8K": 600}
STRATEGIES = {"ridge": Ridge(), "cluster": Cluster(), "ensemble": Ensemble()}


def of_set(table: OutcomeTable, name: str) -> OutcomeTable:
    """Returns the rows of GSM8K, or those of the subjects of MMLU."""
    return table.rows(np.array([(task == "gsm8k") == (name == "GSM8K") for task in table.tasks]))


def labelled(table: OutcomeTable, test: OutcomeTable | None, count: int) -> Iterator[Split]:
    """Yields so many random rows to learn from; the rest, or the given test rows, to be judged on."""
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(table.n_queries)
        yield seed, table.rows(order[:count]), test or table.rows(order[count:])


def main() -> None:
    """Prints one table for each set."""
    table, test = tables()
    for name, count in LABELS.items():
        held = None if test is None else of_set(test, name)
        contest(
            f"{name}, {count:,} labels", STRATEGIES, labelled(of_set(table, name), held, count),
            ("APGR", "CPT50", "CPT80", "accuracy", "fit s", "p99 ms"),
        )  # fmt: skip


if __name__ == "__main__":
    main()

"""Eleven models with recorded costs on three sets of RouterBench: the cost-quality curve.

python -m tests.bench.router.routerbench FOLDER [TEST_FOLDER]
"""

from __future__ import annotations

from pipelines.routers.cluster import Cluster
from pipelines.routers.ensemble import Ensemble
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from tests.bench.router.contest import contest
from tests.bench.router.tally import parts, tables

STRATEGIES = {"ridge": Ridge(), "cluster": Cluster(), "knn": Knn(), "ensemble": Ensemble()}


def main() -> None:
    """Prints one table; the reference `random` is the hull of the single models, RouterBench's Zero router."""
    contest("RouterBench", STRATEGIES, parts(*tables()), ("AIQ", "saved at best single", "accuracy", "fit s", "p99 ms"))


if __name__ == "__main__":
    main()

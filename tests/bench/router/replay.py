"""30,000 rows through a router and its experts on an outcome table: without the engine, and beside it a part with it.

    python -m tests.bench.router.replay [--rows 30000] [--exact 1000]

The table has two models of one craft each, its rows repeated with other numbers. Both ways must agree row by row on the
common part.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import replace

import numpy as np

from pipelines.document import Pipeline
from pipelines.experiment.results import Results
from pipelines.outcome.replay.replay import Way
from pipelines.outcome.replay.replay import replay as replayed
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.ridge import Ridge
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from tests.pipelines.drawing import draw, node
from tests.pipelines.outcome.tables import two_tasks


def routed() -> Pipeline:
    """Returns a trained router and the expert behind it."""
    return draw(
        [
            node("q", "query_input"),
            node("r", "learned_router", {"router": "crafts"}),
            node("e", "expert"),
            node("out", "answer_output"),
        ],
        "q.query > r.query",
        "q.query > e.query",
        "r.choice > e.choice",
        "e.answer > out.answers",
    )


def repeated(table: OutcomeTable, rows: int) -> OutcomeTable:
    """Returns a table of so many rows, each question its own."""
    found = table.rows(np.resize(np.arange(table.n_queries), rows))
    queries = tuple(f"{query} ({row})" for row, query in enumerate(found.queries))
    return replace(found, queries=queries, ids=tuple(map(str, range(rows))))


def main() -> None:
    """Prints both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--exact", type=int, default=1_000)
    given = parser.parse_args()
    source = two_tasks(2_000)
    library = MemoryLibrary(routers={"crafts": TrainedRouter.fit("crafts", Ridge(), source)})
    table = repeated(source, given.rows)

    def timed(part: OutcomeTable, way: Way) -> tuple[Results, float]:
        began = time.perf_counter()
        found = asyncio.run(replayed({"routed": routed()}, part, embedder=HashingEmbedder(), library=library, way=way))
        return found, time.perf_counter() - began

    fast, fast_s = timed(table, "fast")
    part = table.rows(np.arange(min(given.exact, given.rows)))
    exact, exact_s = timed(part, "exact")
    agree = np.array_equal(fast.score[: part.n_queries], exact.score, equal_nan=True)
    per_fast, per_exact = fast_s / table.n_queries, exact_s / part.n_queries
    print(f"without the engine: {table.n_queries:,} rows in {fast_s:.2f} s ({1e6 * per_fast:.0f} µs a row)")
    print(f"with the engine:    {part.n_queries:,} rows in {exact_s:.2f} s ({1e6 * per_exact:.0f} µs a row)")
    print(f"ratio {per_exact / per_fast:.1f}; the scores of the common rows {'agree' if agree else 'DIFFER'}")


if __name__ == "__main__":
    main()

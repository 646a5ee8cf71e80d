"""Small outcome tables for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.outcome.table import OutcomeTable


def table(
    score: Sequence[Sequence[float]],
    *,
    queries: Sequence[str] | None = None,
    models: Sequence[str] | None = None,
    cost_usd: Sequence[Sequence[float]] | None = None,
    tasks: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> OutcomeTable:
    """Returns a table of these scores, everything else by default unknown."""
    scores = np.array(score, dtype=np.float64).reshape(len(score), -1)
    n_queries, n_models = scores.shape
    unknown = np.full(scores.shape, np.nan)
    return OutcomeTable(
        name="small",
        ids=tuple(f"q{n}" for n in range(n_queries)),
        queries=tuple(queries or (f"question number {n}" for n in range(n_queries))),
        models=tuple(models or (f"m{n}" for n in range(n_models))),
        score=scores,
        cost_usd=unknown if cost_usd is None else np.array(cost_usd, dtype=np.float64),
        input_tokens=unknown,
        output_tokens=unknown,
        latency_s=unknown,
        tasks=tuple(tasks or [""] * n_queries),
        groups=tuple(groups or [""] * n_queries),
        splits=("",) * n_queries,
    )


def two_tasks(n: int = 200, seed: int = 0) -> OutcomeTable:
    """Returns a table in which one model solves sums and the other translations, and nothing else."""
    rng = np.random.default_rng(seed)
    rows, queries, tasks = [], [], []
    for number in range(n):
        is_sum = bool(number % 2)
        a, b = rng.integers(1, 10_000, size=2)
        word = ("river", "winter", "carpet", "orchard", "lantern")[int(rng.integers(5))]
        queries.append(f"What is {a} plus {b}?" if is_sum else f"Translate the {word} number {a} into French")
        tasks.append("sum" if is_sum else "translation")
        rows.append([1.0, 0.0] if is_sum else [0.0, 1.0])
    return table(rows, queries=queries, tasks=tasks, models=["counter", "linguist"])

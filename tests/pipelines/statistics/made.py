"""Makes results of experiments by hand: a table of scores, everything else plain unless said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.experiment.results import STATUSES, ExampleColumns, Results


def results_of(
    scores: Sequence[Sequence[float]],
    *,
    labels: Sequence[str] = "ABCDEFGH",
    tags: Sequence[tuple[str, ...]] | None = None,
    groups: Sequence[str | None] | None = None,
    difficulties: Sequence[str | None] | None = None,
    repeats: int = 1,
    costs: Sequence[float] = (0.001, 0.002, 0.004, 0.008),
    statuses: Sequence[str] | None = None,
    confidence: Sequence[float] | None = None,
) -> Results:
    """Returns the results of scores by pipeline; a pipeline's rows are its examples, each with its repeats together.

    `costs` is what each row of a pipeline costs at list price, half of which was paid; tokens are 100, 200, 300 and so
    on by pipeline; the row at place i takes i + 1 seconds; NaN is a row that was not scored.
    """
    n, n_rows = len(scores[0]) // repeats, len(scores[0]) * len(scores)
    contender = np.repeat(np.arange(len(scores)), n * repeats)
    example = np.tile(np.repeat(np.arange(n), repeats), len(scores))
    listed = np.asarray([costs[place] for place in contender.tolist()])
    known = [STATUSES.index(status) for status in statuses] if statuses else [0] * n_rows
    return Results(
        contenders=tuple(labels[: len(scores)]),
        examples=ExampleColumns(
            ids=tuple(f"e{place}" for place in range(n)),
            tags=tuple(tags or [()] * n),
            groups=tuple(groups or [None] * n),
            difficulties=tuple(difficulties or [None] * n),
        ),
        contender=contender,
        example=example,
        repeat=np.tile(np.arange(repeats), n * len(scores)),
        status=np.asarray(known, dtype=np.int64),
        score=np.asarray(scores, dtype=np.float64).ravel(),
        cost_usd=listed / 2,
        list_cost_usd=listed,
        judge_cost_usd=np.full(n_rows, 0.0001),
        latency_s=np.tile(np.arange(1.0, n * repeats + 1), len(scores)),
        input_tokens=(contender + 1) * 80,
        output_tokens=(contender + 1) * 20,
        calls=np.full(n_rows, 2),
        cached_calls=np.ones(n_rows, dtype=np.int64),
        route=example % 2,
        routes=(("router.easy",), ("router.hard", "big")),
        confidence=np.asarray(confidence if confidence is not None else [np.nan] * n_rows, dtype=np.float64),
    )

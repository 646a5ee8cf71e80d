"""The 90 % intervals hold about nine of ten outcomes where the world is as the estimator assumes."""

from __future__ import annotations

import numpy as np

from pipelines.estimate.estimate import estimate
from pipelines.estimate.history import Sample
from tests.pipelines.estimate.known import CATALOGUE, chain, contender, examples, past, sample

WORLDS = 120
ROWS = 40


def drawn(rng: np.random.Generator, count: int) -> list[Sample]:
    """Runs whose tokens and times are log-normal, with the spread that answers of models have."""
    out = 200.0 * np.exp(0.6 * rng.standard_normal(count))
    times_s = 0.01 * out * np.exp(0.3 * rng.standard_normal(count))
    return [
        sample(n, input_tokens=100, output_tokens=max(1, int(out[n])), latency_s=float(times_s[n]))
        for n in range(count)
    ]


def covered(history_rows: int) -> tuple[float, float, float]:
    """Returns how often the intervals of a row's cost, a row's time and the total cost hold."""
    rng = np.random.default_rng(7)
    pipeline = chain()
    cost_in = time_in = total_in = 0
    for _ in range(WORLDS):
        known = past(pipeline, {"e0": drawn(rng, history_rows)})
        found = estimate([contender(pipeline)], examples(ROWS), known, catalogue=CATALOGUE).contenders[0]
        actual = drawn(rng, ROWS)
        costs = np.array([100e-6 + row.output_tokens * 2e-6 for row in actual])
        times_s = np.array([row.latency_s for row in actual])
        assert found.row_cost_usd is not None
        assert found.total_cost_usd is not None
        cost_in += int(((costs >= found.row_cost_usd.p05) & (costs <= found.row_cost_usd.p95)).sum())
        time_in += int(((times_s >= found.row_latency_s.p05) & (times_s <= found.row_latency_s.p95)).sum())
        total_in += int(found.total_cost_usd.p05 <= costs.sum() <= found.total_cost_usd.p95)
    return cost_in / (WORLDS * ROWS), time_in / (WORLDS * ROWS), total_in / WORLDS


def test_with_thirty_past_runs_the_intervals_hold_nine_of_ten() -> None:
    cost, time, total = covered(30)
    assert 0.86 <= cost <= 0.94
    assert 0.86 <= time <= 0.94
    # Of 120 totals with a true coverage of 0.9, 99.9 % lie between 0.80 and 0.98.
    assert 0.80 <= total <= 0.98


def test_with_five_past_runs_the_intervals_are_wider_rather_than_wrong() -> None:
    cost, time, total = covered(5)
    assert 0.82 <= cost <= 0.97
    assert 0.82 <= time <= 0.97
    assert 0.78 <= total <= 0.99

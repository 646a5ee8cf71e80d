"""Predicted against actual."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.estimate.calibration import score_estimate
from pipelines.estimate.record import ContenderEstimate, Estimate, Range
from pipelines.experiment.results import STATUSES, ExampleColumns, Results

ROWS = 20
FLAT = Range(mean=1.0, p05=0.5, p50=1.0, p95=1.5)
NONE = ("Nothing has been answered yet, so there is nothing to compare.",)


def part(label: str = "a", *, cost: Range | None = FLAT) -> ContenderEstimate:
    """An estimate of 1 USD and 1 s a row, 20 rows."""
    return ContenderEstimate(
        label=label,
        rows=ROWS,
        nodes=(),
        row_cost_usd=cost,
        total_cost_usd=None if cost is None else Range(mean=20.0, p05=18.0, p50=20.0, p95=22.0),
        at_least_usd=0.0,
        row_latency_s=FLAT,
        critical_path=(),
    )


def told(*parts: ContenderEstimate) -> Estimate:
    return Estimate(
        contenders=parts, rows=ROWS * len(parts), total_cost_usd=None, at_least_usd=0.0, wall_s=FLAT, concurrency=1
    )


def results(cost_usd: list[float], latency_s: list[float] | None = None) -> Results:
    """One answered row of the contender `a` for each cost."""
    count = len(cost_usd)
    whole = np.zeros(count, dtype=np.int64)
    costs = np.array(cost_usd, dtype=np.float64)
    names = tuple(str(number) for number in range(count))
    return Results(
        contenders=("a",),
        examples=ExampleColumns(names, ((),) * count, (None,) * count, (None,) * count),
        contender=whole,
        example=np.arange(count),
        repeat=whole,
        status=whole + STATUSES.index("done"),
        score=np.ones(count),
        cost_usd=costs,
        list_cost_usd=costs,
        judge_cost_usd=np.zeros(count),
        latency_s=np.ones(count) if latency_s is None else np.array(latency_s),
        input_tokens=whole,
        output_tokens=whole,
        calls=whole + 1,
        cached_calls=whole,
        route=whole,
        routes=((),),
        confidence=np.full(count, np.nan),
    )


def test_the_coverage_is_the_part_of_the_rows_inside_the_interval() -> None:
    found = score_estimate(told(part()), results([1.0] * 18 + [0.4, 1.6], [1.0] * 15 + [9.0] * 5))
    [only] = found.contenders
    assert only.cost is not None
    assert only.latency is not None
    assert (only.cost.coverage, only.latency.coverage) == (0.9, 0.75)
    # Wilson's 95 % interval of 18 of 20.
    assert (only.cost.coverage_low, only.cost.coverage_high) == pytest.approx((0.699, 0.972), abs=0.001)
    assert (only.cost.predicted, only.cost.actual, only.cost.ratio) == pytest.approx((1.0, 1.0, 1.0))
    assert only.latency.actual == pytest.approx(3.0)
    assert only.total_inside
    assert found.n == 20
    assert only.sentence == "a: a row cost 1 USD, predicted 1 (right); a row took 3 s, predicted 1 (3.0 times)."
    assert found.sentence == "The predicted 90% intervals held the cost of 90% and the time of 75% of the rows."


def test_a_total_outside_its_interval_is_told() -> None:
    [only] = score_estimate(told(part()), results([0.4] * 20)).contenders
    assert only.total_inside is False
    assert only.sentence.startswith("a: a row cost 0.4 USD, predicted 1 (40% of it)")


def test_what_came_from_the_cache_counts_at_list_price_and_its_time_not_at_all() -> None:
    cached = np.array([1] * 10 + [0] * 10)
    half = replace(
        results([0.0] * 10 + [1.0] * 10, [0.001] * 10 + [1.0] * 10),
        cached_calls=cached,
        list_cost_usd=np.ones(20),
    )
    [only] = score_estimate(told(part()), half).contenders
    assert only.cost is not None
    assert only.latency is not None
    assert (only.cost.actual, only.cost.n) == (1.0, 20)
    assert (only.latency.actual, only.latency.n) == (1.0, 10)


def test_rows_that_failed_are_left_out() -> None:
    failed = replace(results([1.0, 50.0]), status=np.array([STATUSES.index("done"), STATUSES.index("failed")]))
    [only] = score_estimate(told(part()), failed).contenders
    assert only.cost is not None
    assert (only.cost.n, only.cost.actual) == (1, 1.0)


def test_without_rows_or_without_a_price_nothing_is_compared() -> None:
    empty = score_estimate(told(part()), results([]))
    assert (empty.cost_coverage, empty.latency_coverage, empty.n) == (None, None, 0)
    assert (empty.sentence,) == NONE
    unpriced = score_estimate(told(part(cost=None)), results([1.0]))
    assert unpriced.contenders[0].cost is None
    assert unpriced.contenders[0].total_inside is None
    assert unpriced.contenders[0].sentence.startswith("a: no cost was predicted; a row took 1 s")
    assert unpriced.cost_coverage is None


def test_a_pipeline_that_was_not_estimated_is_left_out() -> None:
    assert score_estimate(told(part("b")), results([1.0])).contenders == ()

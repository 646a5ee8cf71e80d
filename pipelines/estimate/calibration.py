"""Scores an estimate by what really happened."""

from __future__ import annotations

from typing import Final

import numpy as np
from pydantic import Field

from pipelines.estimate.draw import Bools, Floats
from pipelines.estimate.record import CONFIDENCE, ContenderEstimate, Estimate, Range
from pipelines.experiment.results import ANSWERED, Results
from pipelines.record import Record
from pipelines.statistics.interval import wilson
from pipelines.value import Probability

NEAR: Final = 1.25
"""A prediction within a quarter of the truth is called right."""


class Score(Record):
    """Is one predicted quantity against the truth.

    Attributes:
        unit: of all numbers: `USD` or `s`.
        predicted, actual: the mean of a row; predicted_p95, actual_p95: what one row in twenty exceeds.
        coverage: the part of the rows inside the predicted 90 % interval, with its own 95 % interval.
        ratio: actual by predicted; None where nothing was predicted.
    """

    unit: str
    n: int
    predicted: float
    actual: float
    predicted_p95: float
    actual_p95: float
    coverage: Probability
    coverage_low: Probability
    coverage_high: Probability
    ratio: float | None


class ContenderCalibration(Record):
    """Is how right the estimate of one pipeline was; None where nothing was predicted or nothing happened."""

    label: str
    cost: Score | None
    latency: Score | None
    total_inside: bool | None = Field(description="Whether the total lies in its predicted 90 % interval.")
    sentence: str


class Calibration(Record):
    """Is how right an estimate was: coverage counts the rows of all pipelines, wanted is 0.9."""

    contenders: tuple[ContenderCalibration, ...]
    n: int
    cost_coverage: Probability | None
    latency_coverage: Probability | None
    sentence: str


def score_estimate(estimate: Estimate, results: Results) -> Calibration:
    """Returns predicted against actual of every pipeline that is in both, over the rows that were answered.

    The cost of a row is what was paid; what came from the cache counts at list price. Times of rows with an answer from
    the cache tell nothing and are left out.

    Source: interval coverage as the check of calibration (Gneiting, Balabdaoui and Raftery, 2007, section 3).
    """
    known = {part.label: part for part in estimate.contenders}
    parts = tuple(
        _contender(known[label], results, place) for place, label in enumerate(results.contenders) if label in known
    )
    costs = [part.cost for part in parts if part.cost]
    times = [part.latency for part in parts if part.latency]
    cost_coverage, latency_coverage = _pooled(costs), _pooled(times)
    return Calibration(
        contenders=parts,
        n=max((sum(score.n for score in scores) for scores in (costs, times)), default=0),
        cost_coverage=cost_coverage,
        latency_coverage=latency_coverage,
        sentence=_summary(cost_coverage, latency_coverage),
    )


def _contender(part: ContenderEstimate, results: Results, place: int) -> ContenderCalibration:
    answered = (results.contender == place) & (results.status == ANSWERED)
    cached = results.cached_calls > 0
    cost_usd = np.where(cached, results.list_cost_usd, results.cost_usd)[answered]
    cost = _score("USD", part.row_cost_usd, cost_usd)
    latency = _score("s", part.row_latency_s, results.latency_s[answered & ~cached])
    total = part.total_cost_usd
    inside = None if total is None or cost is None else total.p05 <= cost.actual * part.rows <= total.p95
    sentence = _sentence(part.label, cost, latency)
    return ContenderCalibration(label=part.label, cost=cost, latency=latency, total_inside=inside, sentence=sentence)


def _score(unit: str, predicted: Range | None, actual: Floats) -> Score | None:
    if predicted is None or not len(actual):
        return None
    # A cost that is known to the last digit must not miss its interval for a rounding error.
    slack = 1e-9 * max(abs(predicted.p95), 1e-12)
    inside: Bools = (actual >= predicted.p05 - slack) & (actual <= predicted.p95 + slack)
    low, high = wilson(int(inside.sum()), len(actual))
    return Score(
        unit=unit,
        n=len(actual),
        predicted=predicted.mean,
        actual=float(actual.mean()),
        predicted_p95=predicted.p95,
        actual_p95=float(np.quantile(actual, 0.95)),
        coverage=float(inside.mean()),
        coverage_low=low,
        coverage_high=high,
        ratio=float(actual.mean()) / predicted.mean if predicted.mean > 0.0 else None,
    )


def _sentence(label: str, cost: Score | None, latency: Score | None) -> str:
    told = [_compared("cost", cost), _compared("took", latency)]
    return f"{label}: {'; '.join(told)}."


def _compared(verb: str, score: Score | None) -> str:
    if score is None:
        return "no cost was predicted" if verb == "cost" else "no time can be compared"
    told = f"a row {verb} {score.actual:.3g} {score.unit}, predicted {score.predicted:.3g}"
    if score.ratio is None:
        return told
    if 1.0 / NEAR <= score.ratio <= NEAR:
        return f"{told} (right)"
    return f"{told} ({score.ratio:.1f} times)" if score.ratio > 1.0 else f"{told} ({score.ratio:.0%} of it)"


def _pooled(scores: list[Score]) -> float | None:
    count = sum(score.n for score in scores)
    return sum(score.coverage * score.n for score in scores) / count if count else None


def _summary(cost: float | None, latency: float | None) -> str:
    told = [f"the {name} of {share:.0%}" for name, share in (("cost", cost), ("time", latency)) if share is not None]
    if not told:
        return "Nothing has been answered yet, so there is nothing to compare."
    return f"The predicted {CONFIDENCE:.0%} intervals held {' and '.join(told)} of the rows."

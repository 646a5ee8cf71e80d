"""A number with its interval and one line that explains it; and what each metric is, with formula and source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal

from pipelines.record import Record
from pipelines.statistics.interval import Spread

Better = Literal["higher", "lower", "neither"]


class Definition(Record):
    """Says what a metric is: shown on hover wherever one of its numbers stands."""

    title: str
    unit: str
    formula: str
    source: str
    better: Better = "higher"


class Measure(Record):
    """Is one number.

    Attributes:
        metric: which one, a key of `METRICS`.
        value: None where it is undefined; `explanation` says why.
        low, high: bounds of the interval, None where there is none on that side.
        n: how many rows or examples it is made of.
        explanation: one line for a person.
    """

    metric: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    explanation: str = ""

    @property
    def definition(self) -> Definition:
        """Returns what the metric is."""
        return METRICS[self.metric]


def measure(metric: str, spread: Spread, text: str, *, scale: float = 1.0, floor: float | None = None) -> Measure:
    """Returns a measure of a spread, times `scale`, its lower bound no less than `floor`; `text` opens the line."""
    value, low, high = (_finite(part, scale) for part in spread[:3])
    if floor is not None and low is not None:
        low = max(floor, low)
    told = f"{text}; {spread.method}." if spread.n else f"{text}: {spread.method}."
    return Measure(metric=metric, value=value, low=low, high=high, n=spread.n, explanation=told)


def _finite(part: float | None, scale: float) -> float | None:
    return None if part is None or not math.isfinite(part) else part * scale


METRICS: Final[Mapping[str, Definition]] = {
    "accuracy": Definition(
        title="Accuracy",
        unit="mean score, 0 to 1",
        formula="mean over examples of the mean score over repeats; a failed row scores 0, a row not run is left out",
        source="Wilson, 1927 (interval); Miller, 2024, Adding error bars to evals (groups)",
    ),
    "difference": Definition(
        title="Difference",
        unit="score",
        formula="mean over the examples that both have of (score of the second - score of the first)",
        source="Agresti and Min, 2005; Efron and Tibshirani, 1993; McNemar, 1947",
    ),
    "cost_usd_per_1k": Definition(
        title="Cost per 1,000 questions",
        unit="USD at list price",
        formula="1000 x cost of the rows that ran / rows that ran, at list price without the cache, or as paid where"
        " that is more: failed attempts may be paid too",
        source="list prices of the catalogue; Student's t",
        better="lower",
    ),
    "paid_usd_per_1k": Definition(
        title="Paid per 1,000 questions",
        unit="USD",
        formula="1000 x money paid for the rows that ran / rows that ran; answers from the cache cost nothing",
        source="the bill; Student's t",
        better="lower",
    ),
    "cost_usd_per_success": Definition(
        title="Cost per successful task",
        unit="USD at list price",
        formula="cost of all rows that ran, failed ones too, at list price without the cache, or as paid where that is"
        " more / rows with a score of at least the success threshold",
        source="CPS: small language models for agentic systems, survey, 2025, section on metrics",
        better="lower",
    ),
    "latency_p50_s": Definition(
        title="Median latency",
        unit="s",
        formula="half of the answers take at most this long; rows answered wholly from the cache are left out",
        source="Hyndman and Fan, 1996, type 7; David and Nagaraja, 2003, section 7.1 (interval)",
        better="lower",
    ),
    "latency_p95_s": Definition(
        title="95th percentile of latency",
        unit="s",
        formula="95 % of the answers take at most this long; rows answered wholly from the cache are left out",
        source="Hyndman and Fan, 1996, type 7; David and Nagaraja, 2003, section 7.1 (interval)",
        better="lower",
    ),
    "tokens_per_row": Definition(
        title="Tokens per question",
        unit="tokens, in and out",
        formula="mean of input tokens + output tokens over the rows that ran",
        source="usage as the providers report it; Student's t",
        better="lower",
    ),
    "token_elasticity": Definition(
        title="Token elasticity of performance",
        unit="ratio",
        formula="((A - A_base) / A_base) / ((T - T_base) / T_base), A accuracy, T tokens, base: fewest tokens",
        source="TEP: EllieSQL (Zhu et al., 2025), section 4.1",
    ),
    "calibration_error": Definition(
        title="Expected calibration error",
        unit="0 to 1",
        formula="sum over 10 bins of n_b / n |accuracy_b - confidence_b|",
        source="Naeini et al., 2015, AAAI; Guo et al., 2017, ICML",
        better="lower",
    ),
    "route_share": Definition(
        title="Route share",
        unit="share of rows",
        formula="rows that took these branches / rows that ran",
        source="Wilson, 1927 (interval)",
        better="neither",
    ),
    "pass_rate": Definition(
        title="Pass rate",
        unit="share of rows",
        formula="mean score of a further scorer; of the JSON-schema scorer it is the schema validity rate, of the "
        "tool-call scorer the executable-call rate",
        source="small language models for agentic systems, survey, 2025, section on metrics; Wilson, 1927 (interval)",
    ),
    "agreement": Definition(
        title="Agreement with people",
        unit="kappa, 1 is perfect, 0 is chance",
        formula="(observed agreement - chance agreement) / (1 - chance agreement)",
        source="Cohen, 1960; Fleiss, Cohen and Everitt, 1969",
    ),
}

"""The report of an experiment: records that pages, charts, the command line and files read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.chat import Tokens, Usd
from pipelines.record import Record
from pipelines.statistics.calibration import ReliabilityBin
from pipelines.statistics.correction import Correction
from pipelines.statistics.measure import Measure
from pipelines.value import Probability


class RepeatReport(Record):
    """Says where the variation of scores comes from, where examples were repeated with other seeds.

    Attributes:
        between: variance between examples; `within`: between seeds on one example; both of single rows.
        seed_share: share of the whole variance that is the seed's, or None without variance.
    """

    between: float
    within: float
    seed_share: Probability | None
    repeats: float
    explanation: str


class ContenderReport(Record):
    """Is what one pipeline did.

    Attributes:
        n_examples: examples with a score; `n_rows`: rows with a score, repeats counted each.
        missing: rows that should have a score and have none: not run, stopped, or not to be scored.
        errors: rows that failed; `no_answer`: rows that ran and gave none; both score 0.
        unknown: of the failed ones those that nobody can score, as they were not recorded; they are missing instead.
        cached_share: share of the calls that the cache answered, or None without calls.
        passes: mean score of each further scorer, by its name.
    """

    label: str
    n_examples: int
    n_rows: int
    missing: int
    errors: int
    unknown: int = 0
    no_answer: int
    accuracy: Measure
    cost_usd: Usd
    list_cost_usd: Usd
    judge_cost_usd: Usd
    cost_usd_per_1k: Measure
    paid_usd_per_1k: Measure
    cost_usd_per_success: Measure
    latency_p50_s: Measure
    latency_p95_s: Measure
    input_tokens: Tokens
    output_tokens: Tokens
    tokens_per_row: Measure
    token_elasticity: Measure
    calls: int
    cached_calls: int
    cached_share: Probability | None
    calibration_error: Measure
    brier: float | None
    reliability: tuple[ReliabilityBin, ...] = ()
    repeats: RepeatReport | None = None
    passes: dict[str, Measure] = Field(default_factory=dict)


class PairReport(Record):
    """Is the comparison of two pipelines on the examples that both have.

    Attributes:
        difference: accuracy of the second minus that of the first.
        p_value: uncorrected; `p_corrected`: for all pairs of the report; `is_real`: below 1 - confidence.
        detectable: the smallest difference that this many rows show with 80 % power, or None if not even 1.
        rows_needed: how many rows it takes to tell these two apart, if the difference is what it looks like.
    """

    first: str
    second: str
    n: int
    wins: int
    losses: int
    ties: int
    difference: Measure
    p_value: Probability | None
    p_corrected: Probability | None
    is_real: bool
    test: str
    detectable: float | None
    rows_needed: int | None
    explanation: str


class Slice(Record):
    """Is the accuracy of every pipeline, in their order, on the examples of one tag or difficulty."""

    name: str
    n_examples: int
    accuracy: tuple[Measure, ...]


class RouteReport(Record):
    """Is how often one pipeline took one route, and how that went."""

    contender: str
    route: tuple[str, ...]
    share: Measure
    accuracy: Measure
    cost_usd_per_1k: Measure


class PlanePoint(Record):
    """Is a place in the cost-accuracy plane; a corner of the random mix has the label of its pipeline."""

    label: str
    kind: Literal["contender", "oracle", "mix"]
    cost_usd_per_1k: float
    accuracy: float
    low: float | None = None
    high: float | None = None
    n: int = 0


class Report(Record):
    """Is the whole summary of an experiment; every number carries what it was made of.

    Attributes:
        common_examples: examples on which every pipeline has a score: what the oracle and the plane are made of.
        best_single: label of the pipeline with the highest accuracy there, the cheaper one of equals.
        pareto: labels that no other beats in both cost and accuracy, from the cheapest.
        mix: corners of what a coin between pipelines reaches.
        warnings: what a reader must know before believing a number.
    """

    confidence: float
    correction: Correction
    n_examples: int
    n_rows: int
    common_examples: int
    contenders: tuple[ContenderReport, ...]
    pairs: tuple[PairReport, ...]
    tags: tuple[Slice, ...]
    difficulties: tuple[Slice, ...]
    routes: tuple[RouteReport, ...]
    plane: tuple[PlanePoint, ...]
    oracle: Measure | None
    oracle_cost_usd_per_1k: float | None
    best_single: str | None
    pareto: tuple[str, ...]
    mix: tuple[PlanePoint, ...]
    average_accuracy: float | None
    warnings: tuple[str, ...]

    def contender(self, label: str) -> ContenderReport:
        """Returns the report of a pipeline; raises KeyError for an unknown label."""
        return {known.label: known for known in self.contenders}[label]

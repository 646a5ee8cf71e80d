"""The report of one pipeline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipelines.experiment.results import ANSWERED, STATUSES, Ints, Results
from pipelines.statistics.board import Board
from pipelines.statistics.calibration import brier, calibration_error, reliability
from pipelines.statistics.interval import NOTHING, mean_interval, quantile_interval, student_interval
from pipelines.statistics.measure import Measure, measure
from pipelines.statistics.ratio import ratio_interval, token_elasticity
from pipelines.statistics.repeat import variance_components
from pipelines.statistics.report import ContenderReport, RepeatReport


def contender_report(board: Board, place: int, base: int | None, others: Mapping[str, Results]) -> ContenderReport:
    """Returns the report of the pipeline at a place; `base` is the one that token elasticity is measured against."""
    results, rows = board.results, board.rows[place]
    own = np.flatnonzero(results.contender == place)
    scored = int(np.count_nonzero(~np.isnan(results.score[own])))
    confidences, scores = results.confidence[rows], results.score[rows]
    calls, cached = int(results.calls[own].sum()), int(results.cached_calls[own].sum())
    groups = board.clusters_of_rows(rows)
    return ContenderReport(
        label=results.contenders[place],
        n_examples=int(np.count_nonzero(~np.isnan(board.scores[:, place]))),
        n_rows=scored,
        missing=max(0, len(results.examples.ids) * board.repeats - scored),
        errors=int(np.count_nonzero(results.status[own] == STATUSES.index("failed"))),
        unknown=int(np.count_nonzero(board.unknown[own])),
        no_answer=int(np.count_nonzero(results.status[own] == STATUSES.index("no_answer"))),
        accuracy=accuracy_of(board, place),
        cost_usd=float(results.cost_usd[own].sum()),
        list_cost_usd=float(results.list_cost_usd[own].sum()),
        judge_cost_usd=float(results.judge_cost_usd[own].sum()),
        **_costs(board, rows),
        **_latencies(board, rows),
        input_tokens=int(results.input_tokens[own].sum()),
        output_tokens=int(results.output_tokens[own].sum()),
        tokens_per_row=_tokens(board, rows),
        token_elasticity=_elasticity(board, place, base),
        calls=calls,
        cached_calls=cached,
        cached_share=min(1.0, cached / calls) if calls else None,
        calibration_error=measure(
            "calibration_error",
            calibration_error(confidences, scores, groups, confidence=board.confidence, seed=board.seed),
            "Mean gap between what the pipeline said of its answers and how often they were right",
        ),
        brier=brier(confidences, scores),
        reliability=reliability(confidences, scores, groups, confidence=board.confidence),
        repeats=_repeats(board, own),
        passes={name: _passes(board, other, place) for name, other in others.items()},
    )


def accuracy_of(board: Board, place: int, examples: Ints | None = None) -> Measure:
    """Returns the accuracy of a pipeline, on some examples or all."""
    scores = board.scores[:, place] if examples is None else board.scores[examples, place]
    groups = board.clusters if examples is None else board.clusters_of(examples)
    spread = mean_interval(scores, groups, board.confidence)
    averaged = f", each the mean of up to {board.repeats} repeats" if board.repeats > 1 else ""
    text = f"Mean score of {spread.n:,} examples{averaged}" if spread.n else "No example has a score"
    return measure("accuracy", spread, text)


def _costs(board: Board, rows: Ints) -> dict[str, Measure]:
    results, groups = board.results, board.clusters_of_rows(rows)
    costs, paid, scores = board.row_costs[rows], results.cost_usd[rows], results.score[rows]
    successes = np.where(np.isnan(scores), np.nan, scores >= board.success)
    text = f"of {len(rows):,} rows that ran"
    return {
        "cost_usd_per_1k": measure(
            "cost_usd_per_1k",
            student_interval(costs, groups, board.confidence),
            f"Mean cost {text}, times 1,000",
            scale=1_000,
            floor=0.0,
        ),
        "paid_usd_per_1k": measure(
            "paid_usd_per_1k",
            student_interval(paid, groups, board.confidence),
            f"Mean payment {text}, times 1,000",
            scale=1_000,
            floor=0.0,
        ),
        "cost_usd_per_success": measure(
            "cost_usd_per_success",
            ratio_interval(costs, successes, groups, confidence=board.confidence, seed=board.seed),
            f"Cost {text} over those with a score of at least {board.success:g}",
            floor=0.0,
        ),
    }


def _latencies(board: Board, rows: Ints) -> dict[str, Measure]:
    results = board.results
    answered = rows[results.status[rows] == ANSWERED]
    live = answered[(results.calls[answered] == 0) | (results.cached_calls[answered] < results.calls[answered])]
    used, cached = (live, "") if len(live) or not len(answered) else (answered, ", all answered from the cache")
    seconds = results.latency_s[used]
    text = f"Of {len(used):,} answers{cached}"
    return {
        name: measure(name, quantile_interval(seconds, share, board.confidence), text)
        for name, share in (("latency_p50_s", 0.5), ("latency_p95_s", 0.95))
    }


def _tokens(board: Board, rows: Ints) -> Measure:
    tokens = (board.results.input_tokens[rows] + board.results.output_tokens[rows]).astype(np.float64)
    spread = student_interval(tokens, board.clusters_of_rows(rows), board.confidence)
    return measure("tokens_per_row", spread, f"Mean of {len(rows):,} rows that ran", floor=0.0)


def _elasticity(board: Board, place: int, base: int | None) -> Measure:
    if base is None or base == place:
        return measure("token_elasticity", NOTHING, "This is the base that others are measured against")
    spread = token_elasticity(
        board.scores[:, place], board.tokens[:, place], board.scores[:, base], board.tokens[:, base],
        board.clusters, confidence=board.confidence, seed=board.seed,
    )  # fmt: skip
    text = f"Percent of accuracy for each percent of tokens beyond '{board.results.contenders[base]}'"
    return measure("token_elasticity", spread, text)


def _repeats(board: Board, own: Ints) -> RepeatReport | None:
    found = variance_components(board.results.score[own], board.results.example[own]) if board.repeats > 1 else None
    if found is None:
        return None
    share = None if found.intraclass is None else 1 - found.intraclass
    told = "All rows agree." if share is None else f"{share:.0%} of the variation of single rows comes from the seed."
    return RepeatReport(
        between=found.between, within=found.within, seed_share=share, repeats=found.repeats,
        explanation=f"{told} The interval of the accuracy holds both: examples and seeds.",
    )  # fmt: skip


def _passes(board: Board, other: Results, place: int) -> Measure:
    scores = other.matrix(other.score)[:, place]
    return measure("pass_rate", mean_interval(scores, board.clusters, board.confidence), "Mean of a further scorer")

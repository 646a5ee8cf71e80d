"""Summarises the results of an experiment as a report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.experiment.results import Results
from pipelines.statistics.board import Board, board_of
from pipelines.statistics.breakdown import difficulty_slices, route_reports, tag_slices
from pipelines.statistics.contender_summary import contender_report
from pipelines.statistics.correction import Correction
from pipelines.statistics.pair_summary import pair_reports
from pipelines.statistics.plane_summary import plane_of
from pipelines.statistics.report import Report
from pipelines.statistics.warning import warnings_of


def summarise(
    results: Results,
    *,
    confidence: float = 0.95,
    seed: int = 0,
    correction: Correction = "holm",
    success: float = 0.5,
    other_scores: Mapping[str, Results] | None = None,
) -> Report:
    """Returns the report of an experiment; equal arguments give an equal report.

    Args:
        results: one score a row, as columns.
        confidence: of every interval; 1 - confidence is the level of every test.
        seed: of everything that is resampled.
        correction: of the p-values for the number of pairs.
        success: the score from which a row counts as a success in the cost per success.
        other_scores: results of the same rows by further scorers, by name: validity rates and the like.

    Raises:
        ConfigurationError: if the confidence is not between 0.5 and 1.
    """
    if not 0.5 <= confidence < 1:
        raise ConfigurationError(f"The confidence is {confidence:g}; it must be at least 0.5 and below 1.")
    board = board_of(results, confidence, seed, success)
    base = _base(board)
    contenders = tuple(
        contender_report(board, place, base, other_scores or {}) for place in range(len(results.contenders))
    )
    pairs = pair_reports(board, correction)
    plane = plane_of(board)
    return Report(
        confidence=confidence,
        correction=correction,
        n_examples=len(results.examples.ids),
        n_rows=results.n_rows,
        common_examples=len(board.common),
        contenders=contenders,
        pairs=pairs,
        tags=tag_slices(board),
        difficulties=difficulty_slices(board),
        routes=route_reports(board),
        plane=plane.points,
        oracle=plane.oracle,
        oracle_cost_usd_per_1k=plane.oracle_cost_usd_per_1k,
        best_single=plane.best_single,
        pareto=plane.pareto,
        mix=plane.mix,
        average_accuracy=plane.average_accuracy,
        warnings=warnings_of(board, contenders, pairs, correction),
    )


def _base(board: Board) -> int | None:
    """Returns the pipeline that uses the fewest tokens a row, the base of token elasticity; None if nothing ran."""
    means = [float(np.mean(board.tokens[~np.isnan(board.tokens[:, p]), p])) if len(rows) else np.inf
             for p, rows in enumerate(board.rows)]  # fmt: skip
    return int(np.argmin(means)) if means and np.isfinite(min(means)) else None

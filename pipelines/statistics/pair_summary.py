"""The comparison of every pair of pipelines, corrected for their number."""

from __future__ import annotations

from itertools import combinations
from typing import Final

from pipelines.statistics.board import Board
from pipelines.statistics.correction import Correction, corrected
from pipelines.statistics.measure import measure
from pipelines.statistics.pair import MOST_RESAMPLED, PairTest, compare_pair
from pipelines.statistics.power import detectable_difference, detectable_graded, graded_rows_needed, rows_needed
from pipelines.statistics.report import PairReport

MANY_PAIRS: Final = 100
ENOUGH_FOR_STUDENT: Final = 30
"""Groups from which Student's t replaces the bootstrap where there are many pairs."""


def pair_reports(board: Board, correction: Correction) -> tuple[PairReport, ...]:
    """Returns the comparison of every pair, in the order of the pipelines."""
    places = list(combinations(range(len(board.results.contenders)), 2))
    most = MOST_RESAMPLED if len(places) <= MANY_PAIRS else ENOUGH_FOR_STUDENT
    tests = [
        compare_pair(
            board.scores[:, first], board.scores[:, second], board.clusters,
            confidence=board.confidence, seed=board.seed, most_resampled=most,
        )
        for first, second in places
    ]  # fmt: skip
    adjusted = corrected([test.p_value for test in tests], correction)
    return tuple(_report(board, *pair, test, p) for pair, test, p in zip(places, tests, adjusted, strict=True))


def _report(board: Board, first: int, second: int, test: PairTest, p_corrected: float | None) -> PairReport:
    one, other = board.results.contenders[first], board.results.contenders[second]
    spread = test.difference
    real = p_corrected is not None and p_corrected < 1 - board.confidence
    smallest, needed = _power(board, test)
    return PairReport(
        first=one,
        second=other,
        n=spread.n,
        wins=test.wins,
        losses=test.losses,
        ties=test.ties,
        difference=measure("difference", spread, f"'{other}' minus '{one}' on {spread.n:,} common examples"),
        p_value=test.p_value,
        p_corrected=p_corrected,
        is_real=real,
        test=test.test,
        detectable=smallest,
        rows_needed=needed,
        explanation=_verdict(one, other, test, needed, real=real, confidence=board.confidence),
    )


def _power(board: Board, test: PairTest) -> tuple[float | None, int | None]:
    """Returns the smallest difference that could be seen, and the rows that the difference seen would need."""
    spread, n = test.difference, test.difference.n
    if not n or spread.value is None:
        return None, None
    if test.is_binary:
        # Half a row in each discordant cell, as in the interval: that none disagreed does not mean that none will.
        apart = (test.wins + test.losses + 1) / (n + 2)
        return (
            detectable_difference(n, apart, confidence=board.confidence),
            rows_needed(spread.value, (test.wins + test.losses) / n, confidence=board.confidence),
        )
    return (
        detectable_graded(n, test.deviation, confidence=board.confidence, design=test.design),
        graded_rows_needed(spread.value, test.deviation, confidence=board.confidence, design=test.design),
    )


def _verdict(one: str, other: str, test: PairTest, needed: int | None, *, real: bool, confidence: float) -> str:
    difference, n = test.difference.value, test.difference.n
    if difference is None:
        return f"'{one}' and '{other}' have no example in common."
    better, worse = (other, one) if difference > 0 else (one, other)
    if real:
        return f"'{better}' is better than '{worse}' by {abs(difference):.3f}; chance is an unlikely explanation."
    if difference == 0:
        return f"'{one}' and '{other}' are equally good on these {n:,} examples."
    ahead = f"'{better}' is ahead of '{worse}' by {abs(difference):.3f}, which may be chance"
    if test.p_value is not None and test.p_value < 1 - confidence:
        return f"{ahead}, as so many pairs are compared."
    more = "" if needed is None or needed <= n else f"; about {needed - n:,} more examples would tell"
    return f"{ahead}{more}."

"""The tally counts what is stored, takes back what was replaced, and knows the pace by a clock that never jumps."""

from __future__ import annotations

import pytest

from pipelines.engine.purse import Purse
from pipelines.experiment.experiment import Row
from pipelines.experiment.progress import Progress
from pipelines.experiment.tally import Tally
from pipelines.scorer import Score


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def row(**changes: object) -> Row:
    scores = {"exact_match": Score(value=1.0)}
    return Row(**{"contender": 0, "example": 0, "status": "done", "scores": scores, "calls": 2, **changes})


def tally(purse: Purse | None = None, clock: Clock | None = None, **stored: object) -> Tally:
    known = Progress(**{"experiment": "x1", "status": "running", "total": 10, **stored})
    return Tally(known, purse or Purse(), ("exact_match",), clock or Clock())


def test_it_begins_with_what_is_stored_and_adds_what_ends() -> None:
    found = tally(done=3, failed=1, calls=8)
    found.stored(row(), None)
    found.stored(row(status="failed", scores={}), None)
    progress = found.progress("running")
    assert (progress.done, progress.failed, progress.ended, progress.calls) == (4, 2, 6, 12)


def test_a_row_that_was_stopped_before_is_no_longer_counted_as_stopped() -> None:
    stopped = row(status="cancelled", scores={}, calls=1)
    found = tally(cancelled=1, calls=1)
    found.stored(row(), stopped)
    progress = found.progress("running")
    assert (progress.done, progress.cancelled, progress.calls) == (1, 0, 2)


def test_unscored_and_unlabelled_rows_are_counted() -> None:
    found = tally()
    found.stored(row(scores={}), None)
    found.stored(row(scores={}, score_errors={"exact_match": "no"}), None)
    progress = found.progress("running")
    assert (progress.unlabelled, progress.unscored) == (1, 1)


def test_rows_on_their_way_are_counted() -> None:
    found = tally()
    found.started()
    found.started()
    found.left()
    assert found.progress("running").running == 1


def test_money_is_that_of_the_purse() -> None:
    purse = Purse(2.0, spent_usd=0.5)
    purse.promise(0.25)
    progress = tally(purse).progress("running")
    assert (progress.paid_usd, progress.budget_left_usd) == (0.5, 1.25)


def test_the_pace_is_that_of_the_last_minute() -> None:
    clock = Clock()
    found = tally(clock=clock)
    assert (found.progress("running").rate_per_s, found.progress("running").left_s) == (None, None)
    clock.now_s += 10.0
    for _ in range(5):
        found.stored(row(), None)
    progress = found.progress("running")
    assert progress.rate_per_s == pytest.approx(0.5)
    assert progress.left_s == pytest.approx(10.0)
    clock.now_s += 61.0
    assert found.progress("running").rate_per_s is None

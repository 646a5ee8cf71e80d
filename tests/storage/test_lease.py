"""A run is in one worker's hands at a time, and a dead worker's lease ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import Storage
from storage.lease import Leases


class Clock:
    """Is a clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_seconds(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def leases(storage: Storage, clock: Clock) -> Leases:
    return Leases(storage.database, clock)


def test_a_second_worker_is_refused(leases: Leases) -> None:
    assert leases.take("run-1", "a", 60.0)
    assert not leases.take("run-1", "b", 60.0)
    assert leases.take("run-2", "b", 60.0)


def test_the_holder_may_take_again(leases: Leases) -> None:
    assert leases.take("run-1", "a", 60.0)
    assert leases.take("run-1", "a", 60.0)


def test_a_lease_that_ended_is_free(leases: Leases, clock: Clock) -> None:
    leases.take("run-1", "a", 60.0)
    clock.pass_seconds(60.0)
    assert leases.take("run-1", "b", 60.0)
    assert not leases.take("run-1", "a", 60.0)


def test_a_renewed_lease_holds_longer(leases: Leases, clock: Clock) -> None:
    leases.take("run-1", "a", 60.0)
    clock.pass_seconds(50.0)
    assert leases.renew("run-1", "a", 60.0)
    clock.pass_seconds(50.0)
    assert not leases.take("run-1", "b", 60.0)


def test_a_lost_lease_cannot_be_renewed(leases: Leases, clock: Clock) -> None:
    leases.take("run-1", "a", 60.0)
    clock.pass_seconds(61.0)
    leases.take("run-1", "b", 60.0)
    assert not leases.renew("run-1", "a", 60.0)


def test_the_holder_is_known_until_the_lease_ends(leases: Leases, clock: Clock) -> None:
    assert leases.holder("run-1") is None
    leases.take("run-1", "a", 60.0)
    assert leases.holder("run-1") == "a"
    clock.pass_seconds(60.0)
    assert leases.holder("run-1") is None


def test_a_released_run_is_free(leases: Leases) -> None:
    leases.take("run-1", "a", 60.0)
    leases.release("run-1", "b")
    assert not leases.take("run-1", "b", 60.0)
    leases.release("run-1", "a")
    assert leases.take("run-1", "b", 60.0)


def test_a_batch_takes_renews_and_gives_back_all_its_runs_at_once(leases: Leases, clock: Clock) -> None:
    leases.take_all(["run-1", "run-2"], "a", 60.0)
    clock.pass_seconds(50)
    leases.renew_all("a", 60.0)
    clock.pass_seconds(50)
    assert (leases.holder("run-1"), leases.holder("run-2")) == ("a", "a")
    assert not leases.take("run-2", "b", 60.0)
    leases.release_all("a")
    assert leases.take("run-2", "b", 60.0)
    assert leases.holder("run-1") is None

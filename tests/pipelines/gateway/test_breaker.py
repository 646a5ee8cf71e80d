"""The circuit breaker: what opens it, what closes it, and what it leaves alone."""

from __future__ import annotations

import pytest

from pipelines.error import (
    ModelAnsweredGarbage,
    ModelError,
    ModelOverloaded,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelTimedOut,
    ModelUnreachable,
)
from pipelines.gateway.breaker import Breaker
from tests.pipelines.gateway.scene import Clock


def breaker(clock: Clock) -> Breaker:
    return Breaker("small", threshold=3, pause_s=10.0, clock=clock)


def opened(clock: Clock) -> Breaker:
    found = breaker(clock)
    for error in (ModelUnreachable("x"), ModelOverloaded("x"), ModelTimedOut("x")):
        found.admit()
        found.failed(error)
    return found


def test_failures_in_a_row_open_it_and_the_sentence_says_what_to_do() -> None:
    with pytest.raises(ModelUnreachable, match=r"'small' failed 3 times in a row and is left alone for 10 s; check"):
        opened(Clock()).admit()


def test_after_the_pause_one_probe_passes() -> None:
    clock = Clock()
    found = opened(clock)
    clock.now_s += 10
    found.admit()
    with pytest.raises(ModelUnreachable):
        found.admit()


def test_a_good_probe_closes_it() -> None:
    clock = Clock()
    found = opened(clock)
    clock.now_s += 10
    found.admit()
    found.succeeded()
    found.admit()
    found.admit()
    assert not found.is_open


def test_a_bad_probe_opens_it_anew() -> None:
    clock = Clock()
    found = opened(clock)
    clock.now_s += 10
    found.admit()
    found.failed(ModelUnreachable("x"))
    clock.now_s += 9
    with pytest.raises(ModelUnreachable):
        found.admit()


def test_a_stopped_probe_lets_the_next_one_pass() -> None:
    clock = Clock()
    found = opened(clock)
    clock.now_s += 10
    found.admit()
    found.abandoned()
    assert found.admit(), "the next call should be the probe"


def test_a_person_who_tests_the_model_is_always_let_through() -> None:
    found = opened(Clock())
    assert not found.admit(force=True), "a test call is no probe"
    assert found.is_open


@pytest.mark.parametrize("error", [ModelRejectedRequest("x"), ModelRefusedKey("x"), ModelAnsweredGarbage("x")])
def test_an_error_of_a_model_that_is_there_closes_it(error: ModelError) -> None:
    found = breaker(Clock())
    found.failed(ModelUnreachable("x"))
    found.failed(ModelUnreachable("x"))
    found.failed(error)
    found.failed(ModelUnreachable("x"))
    assert not found.is_open


def test_a_provider_that_names_a_time_to_come_back_is_only_busy() -> None:
    found = breaker(Clock())
    for _ in range(10):
        found.failed(ModelOverloaded("x", retry_after_s=1.0))
    assert not found.is_open

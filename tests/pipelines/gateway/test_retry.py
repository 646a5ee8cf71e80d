"""The retry loop: how often, how long, and when not at all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pipelines.error import ModelOverloaded, ModelRejectedRequest, ModelTimedOut
from pipelines.gateway.retry import Retry
from tests.pipelines.gateway.scene import Clock


def attempts(*results: Any) -> Callable[[], Awaitable[Any]]:
    left = list(results)

    async def attempt() -> Any:
        result = left.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    return attempt


def retry(clock: Clock) -> Retry:
    return Retry(clock=clock, sleep=clock.sleep, rng=random.Random(3))


async def test_backoff_is_drawn_from_a_range_that_doubles() -> None:
    clock = Clock()
    assert await retry(clock).run(attempts(ModelOverloaded("a"), ModelOverloaded("b"), "ok"), 60) == "ok"
    draw = random.Random(3)
    assert clock.slept == [draw.uniform(0, 1.0), draw.uniform(0, 2.0)]


async def test_the_third_failure_is_the_last() -> None:
    clock = Clock()
    with pytest.raises(ModelOverloaded, match="c"):
        await retry(clock).run(attempts(*(ModelOverloaded(name) for name in "abcd")), 60)
    assert len(clock.slept) == 2


async def test_what_is_not_retryable_is_raised_at_once() -> None:
    clock = Clock()
    with pytest.raises(ModelRejectedRequest):
        await retry(clock).run(attempts(ModelRejectedRequest("no"), "ok"), 60)
    assert clock.slept == []


async def test_a_pause_beyond_the_deadline_is_not_begun() -> None:
    clock = Clock()
    with pytest.raises(ModelOverloaded):
        await retry(clock).run(attempts(ModelOverloaded("busy", retry_after_s=10.0), "ok"), 10)
    assert clock.slept == []


async def test_a_pause_within_the_deadline_is_kept() -> None:
    clock = Clock()
    assert await retry(clock).run(attempts(ModelOverloaded("busy", retry_after_s=9.0), "ok"), 10) == "ok"
    assert 9.0 <= clock.slept[0] <= 9.5


async def test_the_deadline_counts_all_tries_together() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ModelTimedOut, match=r"The model 'x' did not answer within 0\.05 s"):
        await Retry().run(forever, 0.05, "The model 'x'")


async def test_a_time_out_inside_the_attempt_is_not_taken_for_the_deadline() -> None:
    with pytest.raises(TimeoutError):
        await Retry().run(attempts(TimeoutError("inner")), 60)

"""The limiter: order, limits, shrinking and growing."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.gateway.limiter import Limiter


async def test_slots_go_in_the_order_of_asking() -> None:
    limiter, order = Limiter(1), []
    await limiter.acquire()

    async def wait(name: str) -> None:
        await limiter.acquire()
        order.append(name)
        limiter.release()

    tasks = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0)
    limiter.release()
    await asyncio.gather(*tasks)
    assert order == ["a", "b", "c"]
    assert limiter.active == 0


async def test_overload_halves_the_limit_once_for_calls_in_flight_together() -> None:
    limiter = Limiter(16)
    generations = [await limiter.acquire() for _ in range(16)]
    for generation in generations:
        limiter.overloaded(generation)
    assert limiter.limit == 8.0


async def test_overload_counts_what_was_really_in_flight() -> None:
    limiter = Limiter(64)
    generations = [await limiter.acquire() for _ in range(4)]
    limiter.overloaded(generations[0])
    assert limiter.limit == 2.0


async def test_the_limit_never_falls_below_one() -> None:
    limiter = Limiter(2)
    generation = await limiter.acquire()
    for _ in range(5):
        generation = limiter.overloaded(generation)
    assert limiter.limit == 1.0


async def test_the_limit_grows_by_about_one_a_round_up_to_the_ceiling() -> None:
    limiter = Limiter(8)
    generations = [await limiter.acquire() for _ in range(8)]
    limiter.overloaded(generations[0])
    assert limiter.limit == 4.0
    for _ in range(4):
        limiter.succeeded()
    assert 4.8 < limiter.limit < 5.0
    for _ in range(100):
        limiter.succeeded()
    assert limiter.limit == 8.0


async def test_after_a_cut_nobody_enters_until_enough_have_left() -> None:
    limiter = Limiter(4)
    generations = [await limiter.acquire() for _ in range(4)]
    limiter.overloaded(generations[0])
    waiting = asyncio.create_task(limiter.acquire())
    limiter.release()
    limiter.release()
    await asyncio.sleep(0)
    assert not waiting.done()
    limiter.release()
    await waiting
    assert limiter.active == 2


@pytest.mark.parametrize("granted", [False, True])
async def test_a_stopped_waiter_loses_no_slot(granted: bool) -> None:
    limiter = Limiter(1)
    await limiter.acquire()
    first, second = (asyncio.create_task(limiter.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    if granted:
        limiter.release()
    first.cancel()
    if not granted:
        limiter.release()
    await second
    assert first.cancelled()
    assert limiter.active == 1


async def test_a_higher_ceiling_lets_waiters_in() -> None:
    limiter = Limiter(1)
    await limiter.acquire()
    waiting = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    limiter.resize(2)
    await waiting
    assert limiter.active == 2

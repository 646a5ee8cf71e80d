"""One maker, many waiters; failures and cancellations are not remembered."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.memo import Memo


async def test_those_who_ask_at_once_share_one_making() -> None:
    memo: Memo[str, int] = Memo(4)
    made: list[int] = []

    async def make() -> int:
        made.append(1)
        await asyncio.sleep(0)
        return 7

    assert await asyncio.gather(*(memo.get("a", make) for _ in range(5))) == [7] * 5
    assert len(made) == 1


async def test_a_failure_is_raised_and_the_next_one_tries_again() -> None:
    memo: Memo[str, int] = Memo(4)

    async def fail() -> int:
        raise LookupError("nothing")

    async def make() -> int:
        return 3

    with pytest.raises(LookupError):
        await memo.get("a", fail)
    assert await memo.get("a", make) == 3


async def test_a_cancelled_maker_leaves_the_work_to_those_who_wait() -> None:
    memo: Memo[str, int] = Memo(4)
    started = asyncio.Event()

    async def hang() -> int:
        started.set()
        await asyncio.Event().wait()
        return 0

    async def make() -> int:
        return 5

    maker = asyncio.create_task(memo.get("a", hang))
    await started.wait()
    waiter = asyncio.create_task(memo.get("a", make))
    await asyncio.sleep(0)
    maker.cancel()
    assert await waiter == 5


async def test_a_cancelled_waiter_does_not_disturb_the_maker() -> None:
    memo: Memo[str, int] = Memo(4)
    gate = asyncio.Event()

    async def make() -> int:
        await gate.wait()
        return 5

    maker = asyncio.create_task(memo.get("a", make))
    await asyncio.sleep(0)
    waiter = asyncio.create_task(memo.get("a", make))
    await asyncio.sleep(0)
    waiter.cancel()
    gate.set()
    assert await maker == 5


async def test_the_least_recently_used_value_goes_first() -> None:
    memo: Memo[str, str] = Memo(2)
    made: list[str] = []

    async def ask(key: str) -> str:
        async def make() -> str:
            made.append(key)
            return key

        return await memo.get(key, make)

    for key in ("a", "b", "a", "c", "a", "b"):
        await ask(key)
    assert made == ["a", "b", "c", "b"]

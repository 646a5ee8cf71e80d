"""The group thread answers everybody, in groups, and never leaves anyone waiting."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator, Sequence

import pytest

from storage.error import StorageError
from storage.group import LARGEST_GROUP, GroupThread


class Doubling:
    """Doubles numbers, refuses negative ones, breaks at zero, and waits while the gate is shut."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, numbers: Sequence[int]) -> list[int | StorageError]:
        self.gate.wait()
        self.groups.append(list(numbers))
        return [2 * number if number > 0 else StorageError(f"{number} is negative") for number in numbers]


@pytest.fixture
def doubling() -> Doubling:
    return Doubling()


@pytest.fixture
def thread(doubling: Doubling) -> Iterator[GroupThread[int, int]]:
    group: GroupThread[int, int] = GroupThread("doubling", doubling)
    yield group
    doubling.gate.set()
    group.close()


async def test_everybody_gets_their_own_outcome(thread: GroupThread[int, int]) -> None:
    assert await asyncio.gather(*(thread.ask(number) for number in range(1, 2_000))) == list(range(2, 4_000, 2))


async def test_what_waits_together_is_served_together(thread: GroupThread[int, int], doubling: Doubling) -> None:
    doubling.gate.clear()
    waiting = [asyncio.ensure_future(thread.ask(number)) for number in range(1, 1_002)]
    await asyncio.sleep(0)
    doubling.gate.set()
    await asyncio.gather(*waiting)
    assert sum(len(group) for group in doubling.groups) == 1_001
    assert len(doubling.groups) <= 4
    assert max(len(group) for group in doubling.groups) == LARGEST_GROUP


async def test_a_refused_item_does_not_disturb_the_others(thread: GroupThread[int, int]) -> None:
    outcomes = await asyncio.gather(thread.ask(1), thread.ask(-1), thread.ask(2), return_exceptions=True)
    assert (outcomes[0], str(outcomes[1]), outcomes[2]) == (2, "-1 is negative", 4)


async def test_one_who_gave_up_waiting_is_served_all_the_same(
    thread: GroupThread[int, int], doubling: Doubling
) -> None:
    doubling.gate.clear()
    waiting = asyncio.ensure_future(thread.ask(1))
    await asyncio.sleep(0)
    waiting.cancel()
    doubling.gate.set()
    assert await thread.ask(2) == 4
    assert [number for group in doubling.groups for number in group] == [1, 2]


def test_several_loops_share_one_thread(thread: GroupThread[int, int]) -> None:
    found: dict[int, int] = {}

    def ask(number: int) -> None:
        found[number] = asyncio.run(thread.ask(number))

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(1, 6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == {1: 2, 2: 4, 3: 6, 4: 8, 5: 10}


def test_closing_serves_what_was_handed_over(thread: GroupThread[int, int], doubling: Doubling) -> None:
    doubling.gate.clear()
    for number in (1, 2, 3):
        thread.tell(number)
    doubling.gate.set()
    thread.close()
    thread.close()
    assert [number for group in doubling.groups for number in group] == [1, 2, 3]
    with pytest.raises(StorageError, match="is closed"):
        thread.tell(4)


async def test_an_unforeseen_error_is_shown_and_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: queue.Queue[type[BaseException]] = queue.Queue()
    monkeypatch.setattr(threading, "excepthook", lambda failure: shown.put(failure.exc_type))

    def serve(numbers: Sequence[int]) -> list[int | StorageError]:
        if 0 in numbers:
            raise KeyError(0)
        return list(numbers)

    group: GroupThread[int, int] = GroupThread("breaking", serve)
    with pytest.raises(StorageError, match="unforeseen error"):
        await group.ask(0)
    assert await group.ask(7) == 7
    assert shown.get() is KeyError
    group.close()

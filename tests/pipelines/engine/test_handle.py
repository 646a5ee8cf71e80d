"""A run is stored before a model is asked for it, also where it is stopped or refused meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.error import RouteloomError
from pipelines.run import Run
from pipelines.store import MemoryStore
from pipelines.value import Query
from tests.pipelines.drawing import single_expert
from tests.pipelines.engine.stage import Stage, play


class Hesitant(MemoryStore):
    """Is a store that takes a run only when it is told to, or refuses it."""

    def __init__(self, refusal: RouteloomError | None = None) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.refusal = refusal

    async def begin(self, run: Run) -> None:
        await self.go_on.wait()
        if self.refusal is not None:
            raise self.refusal
        await super().begin(run)


def new_run() -> Run:
    return Run(pipeline=single_expert(), query=Query(text="?"))


def test_no_model_is_asked_before_the_run_is_stored() -> None:
    async def work() -> tuple[int, int, str]:
        store = Hesitant()
        stage = Stage(store=store)
        handle = stage.engine.start(new_run())
        await asyncio.sleep(10)
        before = len(stage.provider.asked)
        store.go_on.set()
        run = await handle.result()
        return before, len(stage.provider.asked), run.status

    assert play(work()) == (0, 1, "done")


def test_a_run_that_cannot_be_stored_asks_no_model_and_says_why() -> None:
    async def work() -> int:
        store = Hesitant(RouteloomError("no room left"))
        store.go_on.set()
        stage = Stage(store=store)
        with pytest.raises(RouteloomError, match="no room left"):
            await stage.engine.run(new_run())
        return len(stage.provider.asked)

    assert play(work()) == 0


def test_a_run_that_is_stopped_while_it_is_stored_ends_as_cancelled_without_a_call() -> None:
    async def work() -> tuple[str, str, int]:
        store = Hesitant()
        stage = Stage(store=store)
        handle = stage.engine.start(new_run())
        await asyncio.sleep(1)
        handle.stop()
        await asyncio.sleep(1)
        store.go_on.set()
        run = await handle.result()
        return run.status, store.runs[run.id].status, len(stage.provider.asked)

    assert play(work()) == ("cancelled", "cancelled", 0)


def test_a_second_stop_does_not_disturb_the_end_of_the_first() -> None:
    async def work() -> tuple[str, str]:
        stage = Stage()
        handle = stage.engine.start(new_run())
        for _ in range(3):
            handle.stop()
            await asyncio.sleep(0)
        run = await handle.result()
        handle.stop()
        return run.status, stage.store.runs[run.id].status

    assert play(work()) == ("cancelled", "cancelled")

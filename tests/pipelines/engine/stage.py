"""A stage for engine tests: virtual time, a scripted model whose behaviour stands in the prompt, a whole engine."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.chat import ChatRequest
from pipelines.document import Pipeline
from pipelines.engine import Engine, Flow
from pipelines.error import ModelError, ModelRejectedRequest
from pipelines.event import AnyEvent
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.scripted import Line, ScriptedProvider
from pipelines.record import now
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.run import Fired, Run, RunSettings
from pipelines.store import MemoryLibrary, MemoryStore
from pipelines.value import Query

T = TypeVar("T")

PRICE = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=2.0, as_of=now().date())
SMALL = ModelEntry(name="small", provider="scripted", target="small", price=PRICE)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Is an event loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0

    def time(self) -> float:
        return self._now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self._now_s = max(self._now_s, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def play(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine in virtual time; one that would never end fails after a virtual day."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(asyncio.wait_for(work, 86_400))
    finally:
        loop.close()


def behave(_: ModelEntry, request: ChatRequest) -> Line | ModelError:
    """Answers as the system prompt says: `say=yes latency=1.5 logprob=-0.1`, or `fail`."""
    words = request.messages[0].content.split()
    wishes = dict(word.split("=", 1) for word in words if "=" in word)
    if "fail" in words:
        return ModelRejectedRequest("The script says no.")
    return Line(
        text=wishes.get("say", "ok"),
        latency_s=float(wishes.get("latency", 0)),
        logprob=float(wishes.get("logprob", -0.1)),
        input_tokens=10,
        output_tokens=5,
    )


class Stage:
    """Holds an engine with everything it needs, and what happened."""

    def __init__(
        self,
        *,
        store: MemoryStore | None = None,
        pipelines: Mapping[str, Pipeline] | None = None,
        provider: ScriptedProvider | None = None,
        flow: Flow | None = None,
    ) -> None:
        self.store = store or MemoryStore()
        self.provider = provider or ScriptedProvider(behave)
        self.events: list[AnyEvent] = []
        loop = asyncio.get_running_loop()
        self.engine = Engine(
            Gateway(Catalogue([SMALL], default="small"), {"scripted": self.provider}, self.store),
            self.store,
            library=MemoryLibrary(pipelines or {}),
            documents=MemoryLibrary(),
            embedder=HashingEmbedder(),
            flow=flow,
            clock=loop.time,
        )

    async def run(
        self,
        pipeline: Pipeline,
        text: str = "question",
        *,
        reuse: Mapping[str, Fired] | None = None,
        resume: bool = False,
        run_id: str | None = None,
        **settings: Any,
    ) -> Run:
        run = Run(pipeline=pipeline, query=Query(text=text), settings=RunSettings(**settings))
        if run_id is not None:
            run = run.model_copy(update={"id": run_id})
        return await self.engine.run(run, on_event=self.events.append, reuse=reuse, resume=resume)


def statuses(run: Run) -> dict[str, str]:
    """Returns how each node ended."""
    return {span.node_id: span.status for span in run.spans}

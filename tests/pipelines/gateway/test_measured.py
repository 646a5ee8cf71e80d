"""What an answer tells of its writing: measured when it was bought, also from the cache, or as it was recorded."""

from __future__ import annotations

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Measured, Message, Reply, Usage
from pipelines.gateway.provider import TokenSink
from pipelines.gateway.recording import Cell, Recording
from pipelines.gateway.replay import ReplayProvider
from pipelines.store import MemoryStore
from tests.pipelines.gateway.scene import Clock, Scope, ask, entry, gateway


class Writer:
    """Takes two seconds of a clock for seven tokens, counted or estimated."""

    def __init__(self, clock: Clock, *, estimated: bool = False) -> None:
        self._clock = clock
        self._usage = Usage(input_tokens=1, output_tokens=7, estimated=estimated)

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns an answer."""
        await self._clock.sleep(2.0)
        return Reply(text="well", usage=self._usage)

    async def aclose(self) -> None:
        """Does nothing."""


async def test_an_answer_from_the_cache_tells_how_long_it_took_when_it_was_bought() -> None:
    clock, store = Clock(), MemoryStore()
    door = gateway(Writer(clock), entry(), clock, store=store)
    bought, cached = [await door.complete(ask(), Scope()) for _ in range(2)]
    assert bought.measured == cached.measured == Measured(output_tokens=7, latency_s=2.0)
    # The record says what its run waited.
    assert [call.latency_s for call in store.calls] == [2.0, 0.0]


async def test_an_estimate_of_tokens_is_no_measurement() -> None:
    clock = Clock()
    told = await gateway(Writer(clock, estimated=True), entry(), clock).complete(ask(), Scope())
    assert told.measured == Measured(latency_s=2.0)


async def test_a_recorded_answer_tells_what_was_recorded_and_not_how_long_the_replay_took() -> None:
    recording = Recording(
        {("hi", "gpt"): Cell(answer="x", output_tokens=3), ("ho", "gpt"): Cell(answer="y", latency_s=9.0)}
    )
    model = entry(provider="replay", target="r#gpt")
    door = gateway(ReplayProvider({"r": recording}), model, Clock())
    told = [
        await door.complete(ChatRequest(messages=(Message(role="user", content=said),), model="small"), Scope())
        for said in ("hi", "ho")
    ]
    assert [each.measured for each in told] == [Measured(output_tokens=3), Measured(latency_s=9.0)]

"""Every fault of a server becomes the right error, the right number of calls, and a record with the right cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from pipelines.error import (
    ModelAnsweredGarbage,
    ModelError,
    ModelOverloaded,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelTimedOut,
    ModelUnreachable,
)
from pipelines.gateway.direct import DirectProvider
from pipelines.store import MemoryStore
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.scene import CANARY, Clock, Scope, ask, entry, gateway

PAID = 5 * 1e-6 + 2 * 10e-6


@pytest.fixture
async def server() -> AsyncIterator[s.Stub]:
    async with s.serving() as stub:
        yield stub


@pytest.fixture
async def provider() -> AsyncIterator[DirectProvider]:
    direct = DirectProvider()
    yield direct
    await direct.aclose()


async def failure(server: s.Stub, provider: DirectProvider, scope: Scope, clock: Clock | None = None) -> ModelError:
    door = gateway(provider, entry(server.base_url), clock)
    with pytest.raises(ModelError) as caught:
        await door.complete(ask(), scope)
    return caught.value


async def test_429_with_retry_after_waits_at_least_that_long_and_succeeds(
    server: s.Stub, provider: DirectProvider
) -> None:
    server.will(s.fails(429, Retry_After="3"), s.says("hello"))
    clock, scope = Clock(), Scope()
    completion = await gateway(provider, entry(server.base_url), clock).complete(ask(), scope)
    assert completion.text == "hello"
    assert server.calls == 2
    assert len(clock.slept) == 1
    assert 3.0 <= clock.slept[0] <= 3.5
    assert [attempt.error_kind for attempt in scope.calls[0].attempts] == ["ModelOverloaded", None]


async def test_429_without_retry_after_is_tried_three_times(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.fails(429, "slow down"))
    clock, scope = Clock(), Scope()
    error = await failure(server, provider, scope, clock)
    assert type(error) is ModelOverloaded
    assert "slow down" in str(error)
    assert server.calls == 3
    assert len(clock.slept) == 2
    assert scope.calls[0].error_kind == "ModelOverloaded"
    assert scope.calls[0].reply is None


async def test_retry_after_beyond_the_deadline_is_not_waited_for(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.fails(429, Retry_After="60"))
    clock = Clock()
    await failure(server, provider, Scope(), clock)
    assert server.calls == 1
    assert clock.slept == []


async def test_500_and_503_are_tried_again(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.fails(500), s.fails(503), s.says("hello"))
    scope = Scope()
    assert (await gateway(provider, entry(server.base_url)).complete(ask(), scope)).text == "hello"
    assert server.calls == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ModelRejectedRequest),
        (401, ModelRefusedKey),
        (403, ModelRefusedKey),
        (404, ModelRejectedRequest),
        (422, ModelRejectedRequest),
    ],
)
async def test_what_is_useless_to_repeat_is_asked_once(
    server: s.Stub, provider: DirectProvider, status: int, kind: type[ModelError]
) -> None:
    server.will(s.fails(status))
    error = await failure(server, provider, Scope())
    assert type(error) is kind
    assert server.calls == 1


async def test_a_hang_ends_at_the_deadline_and_frees_the_slot(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.hangs, s.says("hello"))
    scope = Scope()
    door = gateway(provider, entry(server.base_url, timeout_s=0.2, max_concurrency=1))
    with pytest.raises(ModelTimedOut, match=r"'small' did not answer within 0\.2 s"):
        await door.complete(ask(), scope)
    assert [attempt.error_kind for attempt in scope.calls[0].attempts] == ["ModelTimedOut"]
    assert scope.held[0].ended == [0.0]
    assert (await door.complete(ask(), scope)).text == "hello"


async def test_a_slow_stream_ends_at_the_total_deadline_and_what_came_is_counted(
    server: s.Stub, provider: DirectProvider
) -> None:
    server.will(s.streams(s.chunk("hello wo"), then=s.hangs))
    scope = Scope(streams=True)
    with pytest.raises(ModelTimedOut):
        await gateway(provider, entry(server.base_url, timeout_s=0.3)).complete(ask(), scope)
    assert scope.tokens == ["hello wo"]
    assert scope.calls[0].cost_usd == pytest.approx(1 * 1e-6 + 2 * 10e-6)


async def test_a_cut_stream_is_tried_again_and_no_token_is_told_twice(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.streams(s.chunk("hel"), cut=True), s.streams(*s.HELLO))
    scope = Scope(streams=True)
    completion = await gateway(provider, entry(server.base_url)).complete(ask(), scope)
    assert completion.text == "hello"
    assert scope.tokens == ["hel", "lo"]
    first, second = scope.calls[0].attempts
    assert first.error_kind == "ModelUnreachable"
    assert first.cost_usd == pytest.approx(1 * 1e-6 + 1 * 10e-6)
    assert second.cost_usd == pytest.approx(PAID)
    assert completion.cost_usd == pytest.approx(first.cost_usd + second.cost_usd)
    assert completion.list_cost_usd == pytest.approx(PAID)


async def test_a_stream_without_done_and_without_usage_is_complete_and_its_tokens_are_estimated(
    server: s.Stub, provider: DirectProvider
) -> None:
    server.will(s.streams(s.chunk("hello"), s.chunk(finish="length"), done=False))
    completion = await gateway(provider, entry(server.base_url)).complete(ask(), Scope(streams=True))
    assert completion.text == "hello"
    assert completion.finish_reason == "length"
    assert completion.usage.estimated
    assert completion.usage.output_tokens == 2


async def test_a_stream_that_ends_without_a_reason_is_broken(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.streams(s.chunk("hel")))
    error = await failure(server, provider, Scope(streams=True))
    assert type(error) is ModelUnreachable
    assert "3 characters came" in str(error)


async def test_an_error_inside_a_stream_is_an_error(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.streams(s.chunk("hel"), {"error": {"message": "out of memory", "code": 503}}))
    error = await failure(server, provider, Scope(streams=True))
    assert type(error) is ModelOverloaded
    assert "out of memory" in str(error)


async def test_a_server_that_does_not_stream_is_understood_all_the_same(
    server: s.Stub, provider: DirectProvider
) -> None:
    scope = Scope(streams=True)
    completion = await gateway(provider, entry(server.base_url)).complete(ask(), scope)
    assert completion.text == "hello"
    assert scope.tokens == ["hello"]


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (s.sends(b'{"usage": {"prompt_tokens": 5, "completion_tokens": 2}, "choi'), "broken JSON"),
        (s.says("x", choices=[]), "without any choice"),
        (s.says(None), "without text"),
        (s.says("x", choices=[{"index": 0}]), "holds no message"),
        (s.sends(b'<p>"prompt_tokens": 5, "completion_tokens": 2</p>', kind="text/html"), "text/html"),
    ],
    ids=["garbage", "no choices", "null content", "no message", "wrong type"],
)
async def test_a_useless_success_is_garbage_and_its_tokens_were_paid(
    server: s.Stub, provider: DirectProvider, behaviour: s.Behaviour, says: str
) -> None:
    server.will(behaviour)
    scope = Scope()
    error = await failure(server, provider, scope)
    assert type(error) is ModelAnsweredGarbage
    assert says in str(error)
    call = scope.calls[0]
    assert [attempt.cost_usd for attempt in call.attempts] == pytest.approx([PAID] * 3)
    assert call.cost_usd == pytest.approx(3 * PAID)
    assert call.list_cost_usd == 0.0
    assert scope.spent_usd == pytest.approx(3 * PAID)


async def test_a_garbage_success_before_a_good_one_is_in_the_total(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.says("x", choices=[]), s.says("hello"))
    completion = await gateway(provider, entry(server.base_url)).complete(ask(), Scope())
    assert completion.cost_usd == pytest.approx(2 * PAID)
    assert completion.list_cost_usd == pytest.approx(PAID)


@pytest.mark.parametrize(
    "usage",
    [
        '{"prompt_tokens": NaN, "completion_tokens": 2}',
        '{"prompt_tokens": -5, "completion_tokens": 2}',
        '{"prompt_tokens": 5, "completion_tokens": 1e300}',
        '{"prompt_tokens": "many"}',
        "null",
    ],
)
async def test_impossible_counts_of_tokens_are_replaced_by_a_marked_estimate(
    server: s.Stub, provider: DirectProvider, usage: str
) -> None:
    body = '{"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}], "usage": ' + usage + "}"
    server.will(s.sends(body.encode()))
    completion = await gateway(provider, entry(server.base_url)).complete(ask(), Scope())
    assert (completion.usage.input_tokens, completion.usage.output_tokens) == (1, 2)
    assert completion.usage.estimated


async def test_a_body_beyond_the_limit_is_given_up(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.sends(b"[" + b"1," * 5_500_000 + b"1]"))
    error = await failure(server, provider, Scope())
    assert type(error) is ModelAnsweredGarbage
    assert "more than 10 MB" in str(error)


async def test_a_redirect_is_not_followed(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.redirects("/elsewhere"))
    error = await failure(server, provider, Scope())
    assert type(error) is ModelRejectedRequest
    assert "never followed" in str(error)
    assert (server.calls, server.stray) == (1, 0)


@pytest.mark.parametrize("behaviour", [s.drops, s.promises_more_than_it_sends])
async def test_a_broken_connection_is_tried_again(
    server: s.Stub, provider: DirectProvider, behaviour: s.Behaviour
) -> None:
    server.will(behaviour, s.says("hello"))
    assert (await gateway(provider, entry(server.base_url)).complete(ask(), Scope())).text == "hello"
    assert server.calls == 2


async def test_a_server_that_is_not_there_is_unreachable(provider: DirectProvider) -> None:
    async with s.serving() as gone:
        base_url = gone.base_url
    with pytest.raises(ModelUnreachable, match="cannot be reached"):
        await gateway(provider, entry(base_url)).complete(ask(), Scope())


@pytest.mark.parametrize("echo", [s.fails(401, f"bad key {CANARY}"), s.sends(f"Bearer {CANARY}".encode(), status=500)])
async def test_the_key_is_in_no_error_and_no_record(
    server: s.Stub, provider: DirectProvider, echo: s.Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUTELOOM_TEST_KEY", CANARY)
    server.will(echo)
    store, scope = MemoryStore(), Scope()
    door = gateway(provider, entry(server.base_url, key_env="ROUTELOOM_TEST_KEY"), store=store)
    with pytest.raises(ModelError) as caught:
        await door.complete(ask(), scope)
    assert server.headers[0]["Authorization"] == f"Bearer {CANARY}"
    assert CANARY not in str(caught.value)
    assert "[key]" in str(caught.value)
    assert all(CANARY not in call.model_dump_json() for call in store.calls + scope.calls)
    assert store.calls


async def test_a_key_that_is_sent_back_as_the_answer_is_not_stored(
    server: s.Stub, provider: DirectProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUTELOOM_TEST_KEY", CANARY)
    server.will(s.says(f"Your key is {CANARY}."))
    store, scope = MemoryStore(), Scope()
    door = gateway(provider, entry(server.base_url, key_env="ROUTELOOM_TEST_KEY"), store=store)
    assert (await door.complete(ask(), scope)).text == "Your key is [key]."
    assert [CANARY in call.model_dump_json() for call in store.calls + scope.calls] == [False, False]


async def test_a_missing_key_is_said_before_anything_is_sent(
    server: s.Stub, provider: DirectProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROUTELOOM_TEST_KEY", raising=False)
    door = gateway(provider, entry(server.base_url, key_env="ROUTELOOM_TEST_KEY"))
    with pytest.raises(ModelRefusedKey, match="ROUTELOOM_TEST_KEY"):
        await door.complete(ask(), Scope())
    assert server.calls == 0


async def test_cancelling_stops_the_call_and_gives_everything_back(server: s.Stub, provider: DirectProvider) -> None:
    server.will(s.streams(s.chunk("hello wo"), then=s.hangs))
    store, heard = MemoryStore(), asyncio.Event()

    class Listening(Scope):
        def on_token(self, text: str) -> None:
            heard.set()

    scope = Listening(streams=True)
    door = gateway(provider, entry(server.base_url, max_concurrency=1), store=store)
    task = asyncio.create_task(door.complete(ask(), scope))
    await asyncio.wait_for(heard.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    call = store.calls[0]
    assert (call.error_kind, call.reply) == ("cancelled", None)
    assert call.cost_usd == pytest.approx(1 * 1e-6 + 2 * 10e-6)
    assert scope.held[0].ended == [pytest.approx(call.cost_usd)]
    server.will(s.says("again"))
    assert (await door.complete(ask("other"), Scope())).text == "again"


async def test_under_429_fewer_calls_are_in_flight(server: s.Stub, provider: DirectProvider) -> None:
    limit = asyncio.Semaphore(4)
    turned_away = 0

    async def four_at_a_time(request: web.Request) -> web.StreamResponse:
        nonlocal turned_away
        if limit.locked():
            turned_away += 1
            return await s.fails(429, Retry_After="0")(request)
        async with limit:
            await asyncio.sleep(0.01)
            return await s.says("hello")(request)

    server.will(four_at_a_time)
    door = gateway(provider, entry(server.base_url, max_concurrency=32))
    results = await asyncio.gather(*(door.complete(ask(f"q{n}"), Scope()) for n in range(200)), return_exceptions=True)
    answered = sum(not isinstance(result, BaseException) for result in results)
    assert answered > 100
    assert 0 < turned_away < 3 * 200 - answered

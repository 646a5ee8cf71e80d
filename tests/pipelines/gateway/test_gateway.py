"""The door: journal, cache, single flight, budget, seeds, prices, records."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.catalogue import Catalogue, Price
from pipelines.chat import Call, Sampling, Usage
from pipelines.error import (
    BudgetExceeded,
    ConfigurationError,
    ModelOverloaded,
    ModelRejectedRequest,
    ModelUnreachable,
)
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.request import derived_seed
from pipelines.gateway.scripted import Line, ScriptedProvider
from pipelines.store import MemoryStore
from tests.pipelines.gateway.scene import PRICE, Clock, Scope, ask, entry, gateway


async def test_an_answer_carries_usage_cost_and_a_stored_record() -> None:
    store, scope = MemoryStore(), Scope()
    provider = ScriptedProvider({"": Line(text="hello", input_tokens=1000, output_tokens=100)})
    completion = await gateway(provider, entry(), store=store).complete(ask(), scope)
    assert completion.text == "hello"
    assert completion.usage == Usage(input_tokens=1000, output_tokens=100)
    assert completion.cost_usd == pytest.approx(0.002)
    assert completion.list_cost_usd == pytest.approx(0.002)
    assert not completion.cached
    assert store.calls == scope.calls
    call = store.calls[0]
    assert (call.run_id, call.node_id, call.model, call.provider, call.source) == (
        "r1",
        "n1",
        "small",
        "scripted",
        "live",
    )
    assert len(call.attempts) == 1


async def test_the_same_question_is_bought_once_and_then_comes_from_the_cache() -> None:
    store = MemoryStore()
    provider = ScriptedProvider({"": Line(text="hello", input_tokens=1000, output_tokens=100)})
    door = gateway(provider, entry(), store=store)
    await door.complete(ask(), Scope())
    later = Scope(run_id="r2", node_id="n2")
    completion = await door.complete(ask(), later)
    assert len(provider.asked) == 1
    assert completion.cached
    assert completion.cost_usd == 0.0
    assert completion.list_cost_usd == pytest.approx(0.002)
    first, second = store.calls
    assert (second.run_id, second.node_id, second.source, second.attempts) == ("r2", "n2", "cache", ())
    assert second.id != first.id


async def test_without_the_cache_the_model_is_asked_again() -> None:
    provider = ScriptedProvider({"": "hello"})
    door = gateway(provider, entry())
    await door.complete(ask(), Scope(use_cache=False))
    await door.complete(ask(), Scope(use_cache=False))
    assert len(provider.asked) == 2


async def test_a_failed_call_is_not_answered_from_the_cache() -> None:
    provider = ScriptedProvider({"": [ModelRejectedRequest("no"), "hello"]})
    door = gateway(provider, entry())
    with pytest.raises(ModelRejectedRequest):
        await door.complete(ask(), Scope())
    assert (await door.complete(ask(), Scope())).text == "hello"


async def test_a_journaled_call_costs_nothing_and_leaves_no_second_record() -> None:
    store, scope = MemoryStore(), Scope()
    provider = ScriptedProvider({"": Line(text="hello", input_tokens=1000, output_tokens=100)})
    door = gateway(provider, entry(), store=store)
    await door.complete(ask(), scope)
    resumed = Scope(journal={scope.calls[0].key: scope.calls[0]}, use_cache=False, streams=True)
    completion = await door.complete(ask(), resumed)
    assert completion.text == "hello"
    assert completion.cost_usd == 0.0
    assert len(provider.asked) == 1
    assert len(store.calls) == 1
    assert [(call.source, call.cost_usd) for call in resumed.calls] == [("journal", 0.0)]
    assert resumed.tokens == ["hello"]


async def test_identical_questions_at_the_same_time_are_asked_once() -> None:
    provider = ScriptedProvider({"": Line(text="hello", latency_s=0.01)})
    store = MemoryStore()
    door = gateway(provider, entry(), store=store)
    answers = await asyncio.gather(*(door.complete(ask(), Scope(run_id=f"r{n}")) for n in range(10)))
    assert [answer.text for answer in answers] == ["hello"] * 10
    assert len(provider.asked) == 1
    assert sorted(call.source for call in store.calls) == ["cache"] * 9 + ["live"]


async def test_those_who_wait_for_a_failing_call_fail_with_it_and_leave_records() -> None:
    provider = ScriptedProvider({"": ModelRejectedRequest("no such thing")})
    store = MemoryStore()
    door = gateway(provider, entry(), store=store)
    results = await asyncio.gather(*(door.complete(ask(), Scope()) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ModelRejectedRequest] * 3
    assert len(provider.asked) == 1
    assert [call.error for call in store.calls] == ["no such thing"] * 3


async def test_when_the_asking_run_is_stopped_a_waiting_run_asks_itself() -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: float) -> None:
        started.set()
        await go_on.wait()

    provider = ScriptedProvider({"": Line(text="hello", latency_s=1)}, sleep=wait)
    door = gateway(provider, entry())
    first = asyncio.create_task(door.complete(ask(), Scope()))
    await started.wait()
    second = asyncio.create_task(door.complete(ask(), Scope()))
    await asyncio.sleep(0)
    first.cancel()
    go_on.set()
    assert (await second).text == "hello"
    assert first.cancelled()
    assert len(provider.asked) == 2


async def test_when_the_asking_run_has_no_money_a_waiting_run_asks_itself() -> None:
    provider = ScriptedProvider({"": "hello"})
    door = gateway(provider, entry())
    poor, rich = Scope(limit_usd=0.0, limits_money=False), Scope()
    results = await asyncio.gather(door.complete(ask(), poor), door.complete(ask(), rich), return_exceptions=True)
    assert isinstance(results[0], BudgetExceeded)
    assert not isinstance(results[1], BaseException)
    assert results[1].text == "hello"


async def test_a_call_beyond_the_budget_is_not_made_and_leaves_no_record() -> None:
    provider, scope = ScriptedProvider({"": "hello"}), Scope(limit_usd=0.001, limits_money=True)
    store = MemoryStore()
    with pytest.raises(BudgetExceeded):
        await gateway(provider, entry(), store=store).complete(ask(), scope)
    assert provider.asked == []
    assert store.calls == []


async def test_a_retry_beyond_the_budget_is_not_made_and_what_was_paid_is_recorded() -> None:
    bound = 12 * 1e-6 + 10 * 10e-6
    garbage = ModelOverloaded("busy", usage=Usage(input_tokens=10, output_tokens=10))
    provider, store = ScriptedProvider({"": [garbage, "hello"]}), MemoryStore()
    scope = Scope(limit_usd=bound, limits_money=True)
    with pytest.raises(BudgetExceeded):
        await gateway(provider, entry(), store=store).complete(ask(sampling=Sampling(max_tokens=10)), scope)
    assert len(provider.asked) == 1
    assert [call.error_kind for call in store.calls] == ["BudgetExceeded"]
    assert store.calls[0].cost_usd == pytest.approx(10 * 1e-6 + 10 * 10e-6)


async def test_every_reservation_bounds_its_attempt_and_is_settled_once() -> None:
    provider = ScriptedProvider({"": [ModelOverloaded("busy"), Line(text="hello", input_tokens=5, output_tokens=7)]})
    scope = Scope(limits_money=True)
    await gateway(provider, entry(), store=MemoryStore()).complete(ask(sampling=Sampling(max_tokens=50)), scope)
    assert [held.cost_usd for held in scope.held] == pytest.approx([12 * 1e-6 + 50 * 10e-6] * 2)
    assert [held.ended for held in scope.held] == [[0.0], [pytest.approx(5 * 1e-6 + 7 * 10e-6)]]


@pytest.mark.parametrize(
    ("max_output_tokens", "sent"), [(None, 1024), (500, 500), (100_000, 4096)], ids=["unknown", "small", "large"]
)
async def test_under_a_limit_in_usd_the_answer_of_a_priced_model_is_bounded(
    max_output_tokens: int | None, sent: int
) -> None:
    provider = ScriptedProvider({"": "hello"})
    door = gateway(provider, entry(max_output_tokens=max_output_tokens))
    await door.complete(ask(), Scope(limits_money=True))
    assert provider.asked[0].sampling.max_tokens == sent


async def test_without_a_limit_in_usd_the_length_is_left_to_the_model() -> None:
    provider = ScriptedProvider({"": "hello"})
    await gateway(provider, entry()).complete(ask(), Scope())
    assert provider.asked[0].sampling.max_tokens is None


async def test_a_free_model_needs_no_bound_and_costs_nothing() -> None:
    provider, scope = ScriptedProvider({"": "hello"}), Scope(limits_money=True, limit_usd=0.0)
    completion = await gateway(provider, entry(price=None)).complete(ask(), scope)
    assert completion.cost_usd == 0.0
    assert provider.asked[0].sampling.max_tokens is None


async def test_a_seed_is_derived_from_run_and_sample_only_where_words_are_drawn() -> None:
    provider = ScriptedProvider({"": "hello"})
    door = gateway(provider, entry())
    warm = Sampling(temperature=0.7)
    await door.complete(ask(sampling=warm), Scope(seed=1))
    await door.complete(ask(sampling=warm, sample=1), Scope(seed=1))
    await door.complete(ask(sampling=warm, seed=42), Scope(seed=1))
    await door.complete(ask(), Scope(seed=1))
    seeds = [derived_seed(1, "n1", 0), derived_seed(1, "n1", 1), 42, None]
    assert [request.seed for request in provider.asked] == seeds
    assert derived_seed(1, "node", 0) == 1_558_487_332
    others = {derived_seed(1, "n1", 0), derived_seed(1, "n1", 1), derived_seed(2, "n1", 0), derived_seed(1, "n2", 0)}
    assert len(others) == 4


async def test_a_name_that_is_pointed_at_another_model_is_asked_anew() -> None:
    store = MemoryStore()
    first, second = ScriptedProvider({"": "old"}), ScriptedProvider({"": "new"})
    await gateway(first, entry(target="one"), store=store).complete(ask(), Scope())
    completion = await gateway(second, entry(target="two"), store=store).complete(ask(), Scope())
    assert completion.text == "new"


async def test_no_model_named_asks_the_default_and_records_its_name() -> None:
    provider, scope = ScriptedProvider({"": "hello"}), Scope()
    completion = await gateway(provider, entry()).complete(ask().model_copy(update={"model": None}), scope)
    assert completion.model == "small"
    assert scope.calls[0].request.model == "small"


async def test_an_unknown_provider_is_said_with_those_that_are_there() -> None:
    door = Gateway(Catalogue([entry()]), {}, MemoryStore())
    with pytest.raises(ConfigurationError, match=r"needs the provider 'scripted'.*there is none"):
        await door.complete(ask(), Scope())


async def test_what_cannot_fit_the_model_is_refused_before_it_is_paid() -> None:
    provider = ScriptedProvider({"": "hello"})
    with pytest.raises(ModelRejectedRequest, match=r"at least 1,250,000 tokens.*takes 128,000"):
        await gateway(provider, entry(context_window=128_000)).complete(ask("x" * 10_000_000), Scope())
    assert provider.asked == []


async def test_what_may_just_fit_the_model_is_asked() -> None:
    provider = ScriptedProvider({"": "hello"})
    await gateway(provider, entry(context_window=100)).complete(ask("x" * 800), Scope())
    assert len(provider.asked) == 1


async def test_half_a_character_is_refused_as_a_fault_of_the_request() -> None:
    with pytest.raises(ModelRejectedRequest, match="not valid Unicode"):
        await gateway(ScriptedProvider({"": "hello"}), entry()).complete(ask("\ud800"), Scope())


async def test_only_answers_are_streamed_and_only_to_listeners() -> None:
    provider = ScriptedProvider({"": "hello there"})
    door = gateway(provider, entry())
    listening, deaf, judging = Scope(streams=True), Scope(), Scope(streams=True)
    await door.complete(ask("a"), listening)
    await door.complete(ask("b"), deaf)
    await door.complete(ask("c", purpose="judge"), judging)
    assert listening.tokens == ["hello", " there"]
    assert deaf.tokens == []
    assert judging.tokens == []


async def test_an_answer_from_the_cache_reaches_the_listener_too() -> None:
    door = gateway(ScriptedProvider({"": "hello there"}), entry())
    await door.complete(ask(), Scope())
    scope = Scope(streams=True)
    await door.complete(ask(), scope)
    assert scope.tokens == ["hello there"]


async def test_an_answer_bought_for_another_purpose_is_not_told_to_the_listener() -> None:
    door = gateway(ScriptedProvider({"": "hello there"}), entry())
    await door.complete(ask(), Scope())
    scope = Scope(streams=True)
    assert (await door.complete(ask(purpose="judge"), scope)).cached
    assert scope.tokens == []
    assert scope.calls[0].request.purpose == "judge"


async def test_a_price_of_the_provider_is_used_where_the_entry_has_none() -> None:
    class Priced(ScriptedProvider):
        def price_of(self, target: str) -> Price | None:
            return PRICE if target == "m" else None

    provider = Priced({"": Line(text="hello", input_tokens=1000, output_tokens=0)})
    completion = await gateway(provider, entry(price=None)).complete(ask(), Scope())
    assert completion.cost_usd == pytest.approx(0.001)


async def test_a_notional_price_is_marked_on_the_call() -> None:
    scope = Scope()
    notional = PRICE.model_copy(update={"notional": True})
    await gateway(ScriptedProvider({"": "hello"}), entry(price=notional)).complete(ask(), scope)
    assert scope.calls[0].notional


async def test_a_model_that_stays_away_is_left_alone_for_a_while_and_then_probed() -> None:
    provider, clock = ScriptedProvider({"": ModelUnreachable("gone")}), Clock()
    door = gateway(provider, entry(), clock)
    for number in range(7):
        with pytest.raises(ModelUnreachable):
            await door.complete(ask(f"q{number}"), Scope())
    assert len(provider.asked) == 5 * 3
    clock.now_s += 20
    with pytest.raises(ModelUnreachable, match="gone"):
        await door.complete(ask("after the pause"), Scope())
    with pytest.raises(ModelUnreachable, match="left alone"):
        await door.complete(ask("one too many"), Scope())
    assert len(provider.asked) == 6 * 3


async def test_a_probe_that_breaks_inside_the_provider_does_not_lock_the_model_out() -> None:
    clock, faults = Clock(), [ModelUnreachable("gone")] * 15 + [ZeroDivisionError()]

    def script(*_: object) -> str:
        if faults:
            raise faults.pop(0)
        return "back"

    door = gateway(ScriptedProvider(script), entry(), clock)
    for number in range(5):
        with pytest.raises(ModelUnreachable):
            await door.complete(ask(f"q{number}"), Scope())
    clock.now_s += 20
    with pytest.raises(ZeroDivisionError):
        await door.complete(ask("probe"), Scope())
    assert (await door.complete(ask("next probe"), Scope())).text == "back"


async def test_no_more_calls_than_the_model_allows_are_in_flight() -> None:
    provider = ScriptedProvider({"": Line(text="hello", latency_s=0.001)})
    door = gateway(provider, entry(max_concurrency=3))
    await asyncio.gather(*(door.complete(ask(f"q{n}"), Scope()) for n in range(20)))
    assert provider.peak == 3


async def test_a_record_is_stored_even_when_the_run_is_stopped_while_storing() -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore):
        async def put(self, call: Call) -> None:
            reached.set()
            await go_on.wait()
            await super().put(call)

    store = Slow()
    door = gateway(ScriptedProvider({"": "hello"}), entry(), store=store)
    scope = Scope()
    task = asyncio.create_task(door.complete(ask(), scope))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [call.cost_usd for call in scope.calls] == [pytest.approx(scope.spent_usd)]
    go_on.set()
    await door.aclose()
    assert [call.reply.text for call in store.calls if call.reply] == ["hello"]


async def test_a_fault_of_the_provider_itself_gives_the_reservation_back() -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    scope = Scope()
    with pytest.raises(ZeroDivisionError):
        await gateway(ScriptedProvider(broken), entry()).complete(ask(), scope)
    assert scope.held[0].ended == [0.0]


async def test_tokens_are_counted_by_the_provider_where_it_can() -> None:
    class Counting(ScriptedProvider):
        async def count_tokens(self, entry: object, text: str) -> int | None:
            return 7 if text == "known" else None

    door = gateway(Counting({}), entry())
    assert await door.count_tokens("small", "known") == 7
    assert await door.count_tokens(None, "eight by") == 2

"""The door to every model: cache, journal, single flight, limits, retries, budget, and a record of each call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import uuid4

from pipelines.catalogue import Catalogue, ModelEntry, Price, Provider, estimate_tokens
from pipelines.chat import Call, ChatRequest, Completion
from pipelines.error import ConfigurationError, ModelError, RouteloomError
from pipelines.gateway.breaker import Breaker
from pipelines.gateway.limiter import Limiter
from pipelines.gateway.provider import ChatProvider, PriceList, TokenCounter
from pipelines.gateway.request import as_kept, completion, is_batch, refuse_impossible, request_key, settled
from pipelines.gateway.retry import Retry
from pipelines.gateway.scope import CallScope, Reservation
from pipelines.gateway.trial import Trial
from pipelines.record import now
from pipelines.store import CallStore

__all__ = ["CallScope", "Gateway", "Reservation"]

_LEAN_PREFIXES = ("openai/", "hosted_vllm/")


class Gateway:
    """Asks models on behalf of runs; every call leaves a stored record before its answer is used.

    One gateway serves many runs at once, on one event loop at a time.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        providers: Mapping[Provider, ChatProvider],
        store: CallStore,
        *,
        retry: Retry | None = None,
    ) -> None:
        """Takes the models, who answers for each kind of provider, where calls are kept, and the retry loop."""
        self.catalogue = catalogue
        self._providers = dict(providers)
        self._store = store
        self._retry = retry or Retry()
        self._limiters: dict[str, Limiter] = {}
        self._breakers: dict[str, Breaker] = {}
        self._prices: dict[tuple[Provider, str], Price | None] = {}
        self._flights: dict[str, asyncio.Future[Call | ModelError | None]] = {}
        self._writes: set[asyncio.Task[None]] = set()

    async def complete(self, request: ChatRequest, scope: CallScope) -> Completion:
        """Returns the answer to a request: from this run's journal, the cache, a call in flight, or the model.

        Raises:
            ConfigurationError: if the model is unknown or cannot be asked.
            BudgetExceeded: if the call could exceed the budget, before it is made.
            ModelError: if it failed after all tries.
        """
        entry = self.priced(self.catalogue.entry(request.model))
        refuse_impossible(request, entry)
        request = settled(request, entry, scope)
        key = request_key(request, entry)
        several = is_batch(request)
        journaled = None if several else scope.journaled(key)
        if journaled is not None:
            call = journaled.model_copy(update={"request": request, "source": "journal", "cost_usd": 0.0})
            scope.on_call(call)
            _repeat(call, scope)
        elif scope.use_cache and not several:
            call = await self._shared(entry, request, key, scope)
        else:
            call = await self._live(entry, request, key, scope)
        return completion(call)

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Returns how many tokens the text has for a model; an estimate where its tokenizer is not at hand.

        Raises:
            ConfigurationError: if the model is unknown.
        """
        entry = self.catalogue.entry(name)
        provider = self._providers.get(entry.provider)
        counted = await provider.count_tokens(entry, text) if isinstance(provider, TokenCounter) else None
        return estimate_tokens(text) if counted is None else counted

    async def aclose(self) -> None:
        """Waits for records that are being written and closes all providers."""
        while self._writes:
            await asyncio.wait(self._writes)
        for provider in self._providers.values():
            await provider.aclose()

    async def _shared(self, entry: ModelEntry, request: ChatRequest, key: str, scope: CallScope) -> Call:
        """Asks once for all who want the same answer at the same time; the others get it as from the cache."""
        while (flight := self._flights.get(key)) is not None:
            outcome = await asyncio.shield(flight)
            if isinstance(outcome, Call):
                return await self._reused(outcome, request, scope)
            if outcome is not None:
                raise await self._failed_too(outcome, entry, request, key, scope)
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        outcome = None
        try:
            cached = await self._store.cached(key)
            if cached is not None:
                outcome = await self._reused(cached, request, scope)
            else:
                outcome = await self._live(entry, request, key, scope)
        except ModelError as error:
            outcome = error
            raise
        finally:
            del self._flights[key]
            flight.set_result(outcome)
        return outcome

    async def _live(self, entry: ModelEntry, request: ChatRequest, key: str, scope: CallScope) -> Call:
        """Asks the model."""
        provider, entry = self._route(entry)
        await scope.ready()
        limiter, breaker = self._limiter(entry), self._breaker(entry)
        generation = await limiter.acquire()
        trial = Trial(provider, entry, request, scope, limiter, generation, self._retry.clock)
        is_probe = False
        try:
            is_probe = breaker.admit(force=request.purpose == "probe")
            await self._retry.run(trial.attempt, entry.timeout_s, f"The model '{entry.name}'")
            breaker.succeeded()
        except ModelError as error:
            if trial.attempts:
                breaker.failed(error)
            await self._put(trial.record(key, error), scope)
            raise
        except (asyncio.CancelledError, RouteloomError) as error:
            if trial.attempts:
                await self._put(trial.record(key, error), scope)
            raise
        finally:
            if is_probe:
                breaker.abandoned()
            limiter.release()
        call = trial.record(key)
        await self._put(call, scope)
        return call

    async def _reused(self, bought: Call, request: ChatRequest, scope: CallScope) -> Call:
        """Returns the record of an answer that another call bought, for this run."""
        call = bought.model_copy(
            update={
                "id": uuid4().hex,
                "run_id": scope.run_id,
                "node_id": scope.node_id,
                "request": request,
                "attempts": (),
                "cost_usd": 0.0,
                "latency_s": 0.0,
                "source": "cache",
                "started_at": now(),
            }
        )
        await self._put(call, scope)
        _repeat(call, scope)
        # Its record says what this run waited; whoever looks at the answer is told how long it took to write.
        return call.model_copy(update={"latency_s": bought.latency_s})

    async def _failed_too(
        self, cause: ModelError, entry: ModelEntry, request: ChatRequest, key: str, scope: CallScope
    ) -> ModelError:
        """Returns the error of the call that this one waited for, and leaves a record of it in this run too."""
        call = Call(
            run_id=scope.run_id,
            node_id=scope.node_id,
            model=entry.name,
            provider=entry.provider,
            key=key,
            request=request,
            error_kind=type(cause).__name__,
            error=str(cause),
        )
        await self._put(call, scope)
        return type(cause)(str(cause), retry_after_s=cause.retry_after_s)

    async def _put(self, call: Call, scope: CallScope) -> None:
        """Stores a call, to the end even where the run is stopped meanwhile, and tells the run: it was paid anyhow."""
        write = asyncio.ensure_future(self._store.put(as_kept(call)))
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)
        try:
            await asyncio.shield(write)
        finally:
            scope.on_call(call)

    def priced(self, entry: ModelEntry) -> ModelEntry:
        """Returns the entry with the price that its provider knows, where it has none of its own."""
        if entry.price is not None:
            return entry
        place = (entry.provider, entry.target)
        if place not in self._prices:
            provider = self._providers.get(entry.provider)
            self._prices[place] = provider.price_of(entry.target) if isinstance(provider, PriceList) else None
        price = self._prices[place]
        return entry if price is None else entry.model_copy(update={"price": price})

    def _route(self, entry: ModelEntry) -> tuple[ChatProvider, ModelEntry]:
        """Returns who asks the model and the entry as it is asked.

        A LiteLLM name that only means "an OpenAI-compatible server at this address" takes the lean path.

        Raises:
            ConfigurationError: if nobody here asks models of that kind.
        """
        prefix = next((prefix for prefix in _LEAN_PREFIXES if entry.target.startswith(prefix)), None)
        if entry.provider == "litellm" and entry.base_url and prefix and "openai_compatible" in self._providers:
            entry = entry.model_copy(update={"provider": "openai_compatible", "target": entry.target[len(prefix) :]})
        provider = self._providers.get(entry.provider)
        if provider is None:
            known = ", ".join(sorted(self._providers)) or "none"
            raise ConfigurationError(
                f"The model '{entry.name}' needs the provider '{entry.provider}', which is not set up;"
                f" there is {known}."
            )
        return provider, entry

    def _limiter(self, entry: ModelEntry) -> Limiter:
        limiter = self._limiters.get(entry.name)
        if limiter is None:
            limiter = self._limiters[entry.name] = Limiter(entry.max_concurrency)
        elif limiter.ceiling != entry.max_concurrency:
            limiter.resize(entry.max_concurrency)
        return limiter

    def _breaker(self, entry: ModelEntry) -> Breaker:
        breaker = self._breakers.get(entry.name)
        if breaker is None:
            breaker = self._breakers[entry.name] = Breaker(entry.name, clock=self._retry.clock)
        return breaker


def _repeat(call: Call, scope: CallScope) -> None:
    """Tells a listener the whole text of an answer that was not streamed now."""
    if scope.streams and call.request.purpose == "answer" and call.reply and call.reply.text:
        scope.on_token(call.reply.text)

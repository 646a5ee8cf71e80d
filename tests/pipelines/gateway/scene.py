"""What the tests of the gateway share: a scope that keeps account, a clock that does not tick, and ready parts."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.chat import Call, ChatRequest, Message
from pipelines.error import BudgetExceeded
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.provider import ChatProvider
from pipelines.gateway.retry import Retry
from pipelines.store import MemoryStore

PRICE = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=10.0, as_of=date(2026, 11, 1))
CANARY = "canary-7f3a91c4e2"


class Clock:
    """Stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


class Held:
    """Is a reservation that remembers how it ended."""

    def __init__(self, scope: Scope, cost_usd: float) -> None:
        self.scope = scope
        self.cost_usd = cost_usd
        self.ended: list[float] = []

    def settle(self, cost_usd: float) -> None:
        self.ended.append(cost_usd)
        self.scope.spent_usd += cost_usd

    def release(self) -> None:
        self.ended.append(0.0)


class Scope:
    """Is a node of a run that keeps everything it is told."""

    def __init__(self, node_id: str = "n1", run_id: str = "r1", **changes: Any) -> None:
        self.run_id = run_id
        self.node_id = node_id
        self.seed = 0
        self.use_cache = True
        self.streams = False
        self.limits_money = False
        self.limit_usd: float | None = None
        self.journal: dict[str, Call] = {}
        self.tokens: list[str] = []
        self.calls: list[Call] = []
        self.held: list[Held] = []
        self.spent_usd = 0.0
        vars(self).update(changes)

    def reserve(self, cost_usd: float) -> Held:
        if self.limit_usd is not None and self.spent_usd + cost_usd > self.limit_usd:
            raise BudgetExceeded("too dear")
        self.held.append(Held(self, cost_usd))
        return self.held[-1]

    async def ready(self) -> None:
        return None

    def journaled(self, key: str) -> Call | None:
        return self.journal.get(key)

    def on_token(self, text: str) -> None:
        self.tokens.append(text)

    def on_call(self, call: Call) -> None:
        self.calls.append(call)


def entry(base_url: str | None = None, **changes: Any) -> ModelEntry:
    fields: dict[str, Any] = {
        "name": "small",
        "provider": "openai_compatible" if base_url else "scripted",
        "target": "m",
        "base_url": base_url,
        "price": PRICE,
        "timeout_s": 5.0,
    }
    return ModelEntry(**(fields | changes))


def ask(text: str = "hi", **changes: Any) -> ChatRequest:
    return ChatRequest(messages=(Message(role="user", content=text),), model="small", **changes)


def gateway(provider: ChatProvider, model: ModelEntry, clock: Clock | None = None, **options: Any) -> Gateway:
    clock = clock or Clock()
    retry = Retry(clock=clock, sleep=clock.sleep, rng=random.Random(1))
    store = options.pop("store", None) or MemoryStore()
    return Gateway(Catalogue([model], default="small"), {model.provider: provider}, store, retry=retry, **options)

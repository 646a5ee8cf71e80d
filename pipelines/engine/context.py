"""What one run shares among its nodes, and the services that each node gets of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.chat import Call, ChatRequest, Completion
from pipelines.engine.budget import Ledger, Reservation
from pipelines.engine.flow import Flow
from pipelines.engine.past import Past, used_by
from pipelines.error import BudgetPromised
from pipelines.event import AnyEvent, CallFinished, TokenArrived
from pipelines.gateway.gateway import Gateway
from pipelines.run import Budget, Run, RunSettings, Span, Totals


@dataclass(slots=True)
class RunContext:
    """Is the part of a run that all its nodes share, those of sub-pipelines too."""

    run: Run
    gateway: Gateway
    catalogue: Catalogue
    ledger: Ledger
    flow: Flow
    clock: Callable[[], float]
    emit: Callable[[AnyEvent], None]
    streams: bool
    past: Past = field(default_factory=Past)
    spans: list[Span] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    start_s: float = 0.0
    begun: asyncio.Future[None] | None = None

    @property
    def settings(self) -> RunSettings:
        """Returns the settings of the run."""
        return self.run.settings

    async def ready(self) -> None:
        """Returns once the beginning of the run is stored.

        Raises:
            RouteloomError: if it could not be.
        """
        if self.begun is not None:
            await (self.begun if self.begun.done() else asyncio.shield(self.begun))

    def elapsed_s(self) -> float:
        """Returns the seconds since the run began."""
        return self.clock() - self.start_s


class NodeModels:
    """Is the gateway as one node of one run sees it: inside the budget, with the node's name on every call."""

    def __init__(self, context: RunContext, node_id: str) -> None:
        """Takes the run and the node that asks."""
        self._context = context
        self.run_id = context.run.id
        self.node_id = node_id
        self.seed = context.settings.seed
        self.use_cache = context.settings.cache
        self.streams = context.streams
        self.limits_money = context.ledger.limits_money
        self.totals = context.past.failed.get(node_id, Totals())
        self.asked: dict[str, None] = {}

    async def complete(self, request: ChatRequest) -> Completion:
        """Asks a model; see `pipelines.service.Models`."""
        named = request.model_copy(update={"model": self._context.catalogue.entry(request.model).name})
        while True:
            try:
                return await self._context.gateway.complete(named, self)
            except BudgetPromised:
                purse = self._context.ledger.purse
                if purse is None:
                    raise
                await purse.settled()

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the entry of a model with its price where anybody knows it, None being the default of the run."""
        return self._context.gateway.priced(self._context.catalogue.entry(name))

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Counts tokens with the model's own tokenizer where it is at hand."""
        return await self._context.gateway.count_tokens(self.entry(name).name, text)

    async def ready(self) -> None:
        """Returns once the run is stored, so that a crash leaves no call that belongs to nothing."""
        await self._context.ready()

    def reserve(self, cost_usd: float) -> Reservation:
        """Promises money for one attempt, or refuses it."""
        return self._context.ledger.reserve(cost_usd)

    def journaled(self, key: str) -> Call | None:
        """Returns the call if this run paid for it before it was interrupted."""
        return self._context.past.answered.get((self.node_id, key))

    def on_token(self, text: str) -> None:
        """Passes a piece of the answer on."""
        self._context.emit(TokenArrived(node_id=self.node_id, text=text))

    def on_call(self, call: Call) -> None:
        """Counts a finished call."""
        # A call from the journal was made by this very run, before it was interrupted.
        made = self.journaled(call.key) if call.source == "journal" else None
        used = used_by(made or call)
        self.totals += used
        self.asked[call.model] = None
        self._context.totals += used
        if self.streams:
            self._context.emit(
                CallFinished(node_id=self.node_id, model=call.model, call_id=call.id, run_totals=self._context.totals)
            )


class ProbeScope:
    """Is the place of a call that belongs to no pipeline: no budget, no cache, no listener."""

    run_id = "probe"
    node_id = "probe"
    seed = 0
    use_cache = False
    streams = False
    limits_money = False

    def __init__(self) -> None:
        """Starts without calls."""
        self.calls: list[Call] = []
        self._ledger = Ledger(Budget(), lambda: 0.0)

    async def ready(self) -> None:
        """Returns: there is no run to store."""

    def reserve(self, cost_usd: float) -> Reservation:
        """Promises any amount."""
        return self._ledger.reserve(cost_usd)

    def journaled(self, key: str) -> Call | None:  # noqa: ARG002  the gateway passes the key
        """Returns None: nothing was paid before."""
        return None

    def on_token(self, text: str) -> None:
        """Does nothing: nobody listens."""

    def on_call(self, call: Call) -> None:
        """Keeps the record."""
        self.calls.append(call)


def node_random(settings: RunSettings, node_id: str) -> random.Random:
    """Returns the random generator of a node: the same run seed and node give the same numbers."""
    return random.Random(f"{settings.seed}:{node_id}")  # noqa: S311  repeatable on purpose, not for secrets

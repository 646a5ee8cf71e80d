"""The engine: takes a run, brings it to its end, and tells everybody on the way."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Protocol

from pipelines.catalogue import Catalogue
from pipelines.chat import Call, ChatRequest
from pipelines.document import Pipeline
from pipelines.engine.budget import Ledger
from pipelines.engine.context import NodeModels, ProbeScope, RunContext
from pipelines.engine.execution import Execution, Services
from pipelines.engine.flow import Flow, LangGraphFlow
from pipelines.engine.handle import RunHandle, Switch
from pipelines.engine.past import Past
from pipelines.engine.purse import Purse
from pipelines.error import ConfigurationError, ModelError, RouteloomError
from pipelines.event import AnyEvent, EventSink, RunFinished, RunStarted
from pipelines.gateway.gateway import Gateway
from pipelines.graph import require_valid
from pipelines.nesting import MAX_NESTING
from pipelines.part import upstream_of
from pipelines.plan import Plan, build_plan
from pipelines.run import Budget, Fired, Run, RunStatus, Totals
from pipelines.service import Embedder, SubPipelines
from pipelines.store import CallStore, DocumentLibrary, MemoryLibrary, PipelineLibrary, RouterLibrary, RunStore
from pipelines.value import Answer, Query

PLANS_KEPT = 64
OUTSIDE = ":"
"""No id of a node holds it, so that calls about a run can be told from the calls of its nodes."""
PlanKey = tuple[int, int, str | None, str | None]


class Store(CallStore, RunStore, Protocol):
    """Remembers both calls and runs."""


class Engine:
    """Runs pipelines. It knows ports and services, and no node kind by name."""

    def __init__(
        self,
        gateway: Gateway,
        store: Store,
        *,
        library: PipelineLibrary,
        documents: DocumentLibrary,
        embedder: Embedder,
        routers: RouterLibrary | None = None,
        flow: Flow | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Takes the door to the models, the memory, what nodes may ask for, and what carries the runs (LangGraph)."""
        self.gateway = gateway
        self._store = store
        self._library = library
        self._documents = documents
        self._embedder = embedder
        self._routers = routers or MemoryLibrary()
        self._flow = flow or LangGraphFlow()
        self._clock = clock
        self._plans: OrderedDict[PlanKey, tuple[Pipeline, Catalogue, Catalogue, Plan]] = OrderedDict()

    def with_store(self, store: Store) -> Engine:
        """Returns an engine that remembers elsewhere; models, library and the rest are the same."""
        return Engine(
            self.gateway,
            store,
            library=self._library,
            documents=self._documents,
            embedder=self._embedder,
            routers=self._routers,
            flow=self._flow,
            clock=self._clock,
        )

    async def run(
        self,
        run: Run,
        *,
        on_event: EventSink | None = None,
        reuse: Mapping[str, Fired] | None = None,
        resume: bool = False,
        purse: Purse | None = None,
    ) -> Run:
        """Brings a run to its end and returns it with its spans, answer and totals.

        `reuse` holds outputs that stand without being computed again. With `resume`, the calls that this run finished
        before it was interrupted are not made again. With a `purse`, every attempt is paid from there too. A failure
        inside is a status of the run, never an exception.

        Raises:
            PipelineInvalid: if the pipeline has errors.
            ConfigurationError: if the default model does not exist.
        """
        handle = self.start(run, on_event=on_event, reuse=reuse, resume=resume, purse=purse)
        try:
            return await handle.result()
        except asyncio.CancelledError:
            handle.stop()
            await handle.result()
            raise

    def start(
        self,
        run: Run,
        *,
        on_event: EventSink | None = None,
        reuse: Mapping[str, Fired] | None = None,
        resume: bool = False,
        purse: Purse | None = None,
    ) -> RunHandle:
        """Starts a run on the running event loop and returns its handle; see `run`."""
        switch = Switch()
        return RunHandle(asyncio.create_task(self._whole(run, on_event, reuse or {}, resume, purse, switch)), switch)

    async def probe(self, request: ChatRequest) -> Call:
        """Asks a model outside any pipeline and returns the record of the call, failed or not.

        Raises:
            ConfigurationError: if the model does not exist or cannot be asked at all.
        """
        scope = ProbeScope()
        with suppress(ModelError):
            await self.gateway.complete(request, scope)
        return scope.calls[-1]

    async def extra_models(self, run: Run, node_id: str, *, purse: Purse, resume: bool = False) -> NodeModels:
        """Returns models for work about a run that is not part of it, such as a judge of its answer.

        Their calls stand in the journal of the run under `node_id`, which holds an `OUTSIDE`; only the purse limits
        them. With `resume`, calls that were finished before are not made again.
        """
        _, catalogue = self._checked(run)
        calls = await self._store.history(run.id) if resume else ()
        past = Past.of(call for call in calls if call.node_id == node_id)
        ledger = Ledger(Budget(), self._clock, purse=purse)
        return NodeModels(self._context(run, catalogue, None, past, ledger), node_id)

    async def stream(
        self, run: Run, *, reuse: Mapping[str, Fired] | None = None, resume: bool = False
    ) -> AsyncIterator[AnyEvent]:
        """Yields the events of a run; the last is `RunFinished`. Leaving the loop early stops the run."""
        queue: asyncio.Queue[AnyEvent] = asyncio.Queue()
        handle = self.start(run, on_event=queue.put_nowait, reuse=reuse, resume=resume)
        result = asyncio.ensure_future(handle.result())
        try:
            while True:
                getter = asyncio.ensure_future(queue.get())
                await asyncio.wait({getter, result}, return_when=asyncio.FIRST_COMPLETED)
                if not getter.done() and queue.empty():
                    getter.cancel()
                    result.result()
                    return
                event = await getter
                yield event
                if isinstance(event, RunFinished):
                    return
        finally:
            handle.stop()
            await asyncio.gather(result, return_exceptions=True)

    async def _whole(
        self,
        run: Run,
        on_event: EventSink | None,
        reuse: Mapping[str, Fired],
        resume: bool,
        purse: Purse | None,
        switch: Switch,
    ) -> Run:
        plan, context = await self._prepare(run, on_event, resume, purse)
        execution = Execution(plan, run.query, context, self._services(context), self._store, reuse=reuse)
        if switch.pressed:
            return await self._close(run, context, None, "cancelled")
        try:
            with switch.guarding():
                answer = await self._flow.run(execution.run)
        except asyncio.CancelledError:
            finished = await self._close(run, context, None, "cancelled")
            if not switch.pressed:
                raise
            return finished
        return await self._close(run, context, answer, _status(context, answer))

    async def _prepare(
        self, run: Run, on_event: EventSink | None, resume: bool, purse: Purse | None
    ) -> tuple[Plan, RunContext]:
        plan, catalogue = self._checked(run)
        calls = await self._store.history(run.id) if resume else ()
        past = Past.of(call for call in calls if OUTSIDE not in call.node_id)
        budget = run.settings.budget
        ledger = Ledger(budget, self._clock, spent_usd=past.cost_usd, calls=past.attempts, purse=purse)
        context = self._context(run, catalogue, on_event, past, ledger)
        context.begun = asyncio.create_task(self._store.begin(run))
        if context.streams:
            context.emit(RunStarted(run_id=run.id, nodes=tuple(plan.steps)))
        return plan, context

    def _context(
        self, run: Run, catalogue: Catalogue, on_event: EventSink | None, past: Past, ledger: Ledger
    ) -> RunContext:
        return RunContext(
            run=run,
            gateway=self.gateway,
            catalogue=catalogue,
            ledger=ledger,
            flow=self._flow,
            clock=self._clock,
            emit=on_event or _ignore,
            streams=on_event is not None,
            past=past,
            totals=sum(past.failed.values(), Totals()),
            start_s=self._clock(),
        )

    def _checked(self, run: Run) -> tuple[Plan, Catalogue]:
        """Returns the plan and the catalogue of a run; a batch of the same pipeline is checked once."""
        base, model, to_node = self.gateway.catalogue, run.settings.model, run.settings.to_node
        key = (id(run.pipeline), id(base), model, to_node)
        if key not in self._plans:
            catalogue = base if model is None else base.with_default(model)
            part = run.pipeline if to_node is None else upstream_of(run.pipeline, to_node)
            require_valid(
                part, catalogue=catalogue, library=self._library, routers=self._routers, whole=to_node is None
            )
            # The pipeline and the base are kept with the plan, so that their ids stay theirs.
            self._plans[key] = (run.pipeline, base, catalogue, build_plan(part))
            while len(self._plans) > PLANS_KEPT:
                self._plans.popitem(last=False)
        _, _, catalogue, plan = self._plans[key]
        return plan, catalogue

    async def _close(self, run: Run, context: RunContext, answer: Answer | None, status: RunStatus) -> Run:
        failed = next((s for s in context.spans if s.error), None)
        finished = run.model_copy(
            update={
                "status": status,
                "answer": answer,
                "error": f"{failed.title}: {failed.error}" if failed and status != "done" else None,
                "spans": tuple(context.spans),
                "totals": context.totals,
                "latency_s": context.elapsed_s(),
            }
        )
        await context.ready()
        await self._store.finish(finished)
        if context.streams:
            context.emit(RunFinished(run=finished))
        return finished

    def _services(self, context: RunContext) -> Services:
        return {
            Embedder: lambda _: self._embedder,
            DocumentLibrary: lambda _: self._documents,
            RouterLibrary: lambda _: self._routers,
            SubPipelines: lambda path: _Nested(self, context, path),
        }


class _Nested:
    """Runs saved pipelines inside a run, on behalf of one node."""

    def __init__(self, engine: Engine, context: RunContext, path: str) -> None:
        self._engine = engine
        self._context = context
        self._path = path

    async def run(self, reference: str, query: Query) -> Answer | None:
        """Runs the pipeline; see `pipelines.service.SubPipelines`."""
        engine, context = self._engine, self._context
        if self._path.count("/") >= MAX_NESTING:
            raise ConfigurationError(f"Sub-pipelines are nested deeper than {MAX_NESTING} at {self._path}.")
        pipeline = engine._library.pipeline(reference)
        require_valid(pipeline, catalogue=context.catalogue, library=engine._library, routers=engine._routers)
        inner = Execution(
            build_plan(pipeline), query, context, engine._services(context), engine._store, prefix=f"{self._path}/"
        )
        answer = await inner.run()
        failed = next((span for span in inner.spans.values() if span.error), None)
        if answer is None and failed is not None:
            raise RouteloomError(f"{failed.title}: {failed.error}")
        return answer


def _status(context: RunContext, answer: Answer | None) -> RunStatus:
    to_node = context.settings.to_node
    arrived = any(span.node_id == to_node and span.status == "done" for span in context.spans)
    if answer is not None or arrived:
        return "done"
    statuses = {span.status for span in context.spans}
    if "budget" in statuses:
        return "budget"
    return "failed" if "failed" in statuses else "no_answer"


def _ignore(event: AnyEvent) -> None:
    """Is the listener of a run that nobody watches."""

"""Runs one plan on one query: each node starts when its own inputs are there, and nobody waits for a sibling branch."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.bypass import Detour
from pipelines.engine.arrival import Arrival, Settled, arrive_all
from pipelines.engine.context import NodeModels, RunContext, node_random
from pipelines.error import BudgetExceeded, RouteloomError
from pipelines.event import NodeFinished, NodeStarted
from pipelines.plan import Plan, Step
from pipelines.run import Fired, NodeStatus, Span, Totals
from pipelines.service import Extras, Models, Question
from pipelines.store import RunStore
from pipelines.value import Answer, Query, Text

Services = Mapping[type, Callable[[str], object]]
"""For each service type a function from the path of a node to the service it gets."""

_NOTHING_USED = Totals()
_COMPUTED_IN_PLACE: frozenset[type] = frozenset({Question, Extras, random.Random})


class Execution:
    """Is one plan on its way: the outcome of every node, and the tasks that bring them about."""

    def __init__(
        self,
        plan: Plan,
        query: Query,
        context: RunContext,
        services: Services,
        store: RunStore,
        *,
        prefix: str = "",
        reuse: Mapping[str, Fired] | None = None,
    ) -> None:
        """Takes what all nodes share; `prefix` is the path of the sub-pipeline node, `reuse` holds known outputs."""
        self._plan = plan
        self._question = Question(query=query)
        self._context = context
        self._services = services
        self._store = store
        self._prefix = prefix
        self._reuse = reuse or {}
        self._outcomes: dict[str, asyncio.Future[Settled]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._overtaken: set[str] = set()
        self.spans: dict[str, Span] = {}

    async def run(self) -> Answer | None:
        """Brings every node to an end and returns the answer, or None if none came out."""
        loop = asyncio.get_running_loop()
        self._outcomes = {node_id: loop.create_future() for node_id in self._plan.steps}
        self._tasks = {chain[0].spec.id: asyncio.create_task(self._follow(chain)) for chain in self._plan.chains}
        try:
            await asyncio.gather(*self._tasks.values())
        except BaseException:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            for step in self._plan.steps.values():
                await self._end(step, "cancelled", reason="the run was stopped")
            raise
        return self._answer()

    async def _follow(self, chain: tuple[Step, ...]) -> None:
        for step in chain:
            await self._drive(step)

    def _answer(self) -> Answer | None:
        for node_id, step in self._plan.steps.items():
            fired = self._outcomes[node_id].result().fired
            answer = fired.ports.get("answer") if fired and step.node.final else None
            if isinstance(answer, Answer):
                return answer
        return None

    async def _drive(self, step: Step) -> None:
        """Brings one node to its end; only a stop of the whole run passes through."""
        at_s = self._context.elapsed_s()
        try:
            await self._live(step)
        except asyncio.CancelledError:
            overtaken = step.spec.id in self._overtaken
            reason = "another branch came first" if overtaken else "the run was stopped"
            await self._end(step, "cancelled", start_s=at_s, reason=reason)
            if not overtaken:
                raise

    async def _live(self, step: Step) -> None:
        spec = step.spec
        if spec.disabled:
            await self._end(step, "skipped", reason="disabled")
            return
        if spec.bypassed and step.detour is None:
            await self._end(step, "skipped", reason="bypassed, and nothing that comes in fits its outputs")
            return
        arrivals = await arrive_all(step.inlets, self._outcomes)
        if spec.id in self._reuse:
            await self._end(step, "done", fired=self._reuse[spec.id], arrivals=arrivals, reused=True)
            return
        blocked_by = next((a.blocked_by for a in arrivals if a.blocked_by is not None), None)
        if blocked_by is not None:
            await self._end(step, "blocked", reason=f"{blocked_by} failed")
            return
        if self._stays_silent(step, arrivals):
            reason = next((a.silent_because for a in arrivals if a.silent_because and not a.values), None)
            await self._end(step, "skipped", reason=reason or "nothing reached it")
            return
        self._stop_overtaken(step)
        if step.detour is not None:
            fired = _passed_on(step.detour, arrivals)
            await self._end(step, "done", fired=fired, arrivals=arrivals, bypassed=True, reason="bypassed")
            return
        if spec.pinned is not None:
            await self._end(step, "done", fired=Fired(ports=spec.pinned), arrivals=arrivals, pinned=True)
            return
        await self._execute(step, arrivals)

    def _stays_silent(self, step: Step, arrivals: list[Arrival]) -> bool:
        if step.spec.pinned is not None:
            return bool(arrivals) and not any(a.values for a in arrivals)
        filled = {a.inlet.port.name for a in arrivals if a.values}
        lacks = any(inlet.port.required and inlet.port.name not in filled for inlet in step.inlets)
        return lacks or (bool(arrivals) and not filled)

    def _stop_overtaken(self, step: Step) -> None:
        for node_id in self._plan.private_ancestors.get(step.spec.id, ()):
            if not self._outcomes[node_id].done():
                self._overtaken.add(node_id)
                self._tasks[node_id].cancel()

    async def _execute(self, step: Step, arrivals: list[Arrival]) -> None:
        path = self._prefix + step.spec.id
        start_s = self._context.elapsed_s()
        if self._context.streams:
            self._context.emit(NodeStarted(node_id=path, at_s=start_s))
        models = NodeModels(self._context, path) if step.asks_models else None
        status: NodeStatus = "done"
        fired: Fired | None = None
        failure: Exception | None = None
        try:
            fired = await self._result(step, self._arguments(step, arrivals, path, models))
        except BudgetExceeded as error:
            status, failure = "budget", error
        except TimeoutError:
            status, failure = self._out_of_time()
        except Exception as error:  # noqa: BLE001  the one place where a node step runs: whatever it raises is its failure
            status, failure = "failed", error
        except asyncio.CancelledError:
            overtaken = step.spec.id in self._overtaken
            reason = "another branch came first" if overtaken else "the run was stopped"
            await self._end(step, "cancelled", start_s=start_s, arrivals=arrivals, reason=reason, models=models)
            raise
        await self._end(step, status, start_s=start_s, arrivals=arrivals, fired=fired, failure=failure, models=models)

    async def _result(self, step: Step, arguments: dict[str, Any]) -> Fired:
        if all(service in _COMPUTED_IN_PLACE for _, service in step.services):
            fired = await step.node.run(**arguments)
        else:
            limits = [self._context.settings.node_timeout_s, self._context.ledger.remaining_s()]
            limit_s = min(limit for limit in limits if limit is not None)

            async def body() -> Fired:
                async with asyncio.timeout(limit_s):
                    return await step.node.run(**arguments)

            fired = await self._context.flow.step(body)
        _refuse_foreign_ports(step, fired)
        return fired

    def _out_of_time(self) -> tuple[NodeStatus, RouteloomError]:
        settings = self._context.settings
        if self._context.ledger.remaining_s() == 0.0:
            return "budget", BudgetExceeded(f"The budget of {settings.budget.seconds:g} s ran out during this node.")
        return "failed", RouteloomError(f"The node took longer than {settings.node_timeout_s:g} s and was stopped.")

    def _arguments(self, step: Step, arrivals: list[Arrival], path: str, models: NodeModels | None) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        extras = Extras()
        for arrival in arrivals:
            port, value_type = arrival.inlet.port, arrival.inlet.value_type
            if not arrival.values:
                continue
            if port.name not in step.declared:
                extras[port.name] = Text.of(arrival.values[0])
            elif port.many:
                arguments[port.name] = [value_type.of(value) for value in arrival.values]
            else:
                arguments[port.name] = value_type.of(arrival.values[0])
        own = {Models: models, Extras: extras, Question: self._question}
        for name, service in step.services:
            if service is random.Random:
                arguments[name] = node_random(self._context.settings, path)
            else:
                arguments[name] = own[service] if service in own else self._services[service](path)
        return arguments

    async def _end(
        self,
        step: Step,
        status: NodeStatus,
        *,
        start_s: float | None = None,
        arrivals: list[Arrival] | None = None,
        fired: Fired | None = None,
        failure: Exception | None = None,
        models: NodeModels | None = None,
        reason: str = "",
        reused: bool = False,
        pinned: bool = False,
        bypassed: bool = False,
    ) -> None:
        """Settles a node once and says so to everybody: those behind it, the stream, the store."""
        outcome = self._outcomes[step.spec.id]
        if outcome.done():
            return
        now_s = self._context.elapsed_s()
        begun_s = now_s if start_s is None else start_s
        decision = fired.decision if fired else None
        span = Span(
            node_id=self._prefix + step.spec.id,
            kind=step.spec.kind,
            title=step.title,
            status=status,
            start_s=begun_s,
            latency_s=max(0.0, now_s - begun_s),
            totals=models.totals if models else _NOTHING_USED,
            models=tuple(models.asked) if models else (),
            inputs={a.inlet.port.name: tuple(f"{e.source}.{e.source_port}" for e in a.edges) for a in arrivals or ()},
            fired=fired,
            reused=reused,
            pinned=pinned,
            bypassed=bypassed,
            reason=reason or (decision.reason if decision else ""),
            error_kind=type(failure).__name__ if failure else None,
            error=_sentence(failure) if failure else None,
        )
        self.spans[step.spec.id] = span
        self._context.spans.append(span)
        outcome.set_result(_settled(step, span))
        if self._context.streams:
            self._context.emit(NodeFinished(span=span))
        await self._store.add_span(self._context.run.id, span)


def _passed_on(detour: Detour, arrivals: list[Arrival]) -> Fired:
    """Returns the first value that arrived, as the output gives it."""
    value = next(arrival.inlet.value_type.of(value) for arrival in arrivals for value in arrival.values)
    return Fired(ports={detour.output.name: value})


def _settled(step: Step, span: Span) -> Settled:
    if span.status == "done":
        return Settled("fired", step.title, span.fired)
    failed = span.status in ("failed", "blocked", "budget")
    return Settled("failed" if failed and step.spec.on_error == "fail" else "silent", step.title)


def _sentence(failure: Exception) -> str:
    return str(failure) if isinstance(failure, RouteloomError) else f"{type(failure).__name__}: {failure}"


def _refuse_foreign_ports(step: Step, fired: Fired) -> None:
    for name, value in fired.ports.items():
        if step.outputs.get(name) != value.type_name():
            raise RouteloomError(
                f"The node kind '{step.node.kind}' fired '{name}' ({value.type_name()});"
                f" its outputs are {dict(step.outputs)}."
            )

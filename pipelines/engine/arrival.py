"""What reaches an inlet of a node: values, silence or a failure, by the join rule of the inlet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.document import Edge
from pipelines.plan import Inlet
from pipelines.run import Fired
from pipelines.value import Value


@dataclass(frozen=True, slots=True)
class Settled:
    """Is how a node ended, for those behind it: it fired ports, stayed silent, or failed so that they are blocked."""

    state: Literal["fired", "silent", "failed"]
    title: str
    fired: Fired | None = None

    def value(self, edge: Edge) -> Value | None:
        """Returns what the node put on an edge, or None."""
        return self.fired.ports.get(edge.source_port) if self.fired else None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Is what an inlet got: the edges that brought something with their values, or why it can get nothing."""

    inlet: Inlet
    edges: tuple[Edge, ...] = ()
    values: tuple[Value, ...] = ()
    blocked_by: str | None = None
    silent_because: str | None = None

    @property
    def stops_the_node(self) -> bool:
        """Says whether the node cannot run, whatever its other inlets get."""
        return self.blocked_by is not None or (self.inlet.port.required and not self.values)


Outcomes = Mapping[str, "asyncio.Future[Settled]"]


async def arrive_all(inlets: tuple[Inlet, ...], outcomes: Outcomes) -> list[Arrival]:
    """Waits for every connected inlet, but no longer than until one of them makes a run impossible."""
    connected = [inlet for inlet in inlets if inlet.edges]
    while True:
        arrivals = [arrival for inlet in connected if (arrival := _arrival(inlet, outcomes)) is not None]
        if len(arrivals) == len(connected) or any(arrival.stops_the_node for arrival in arrivals):
            return arrivals
        pending = {
            future for inlet in connected for edge in inlet.edges if not (future := outcomes[edge.source]).done()
        }
        # A cancelled waiter must not cancel what others wait for: this leaves the futures alone.
        await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)


def _arrival(inlet: Inlet, outcomes: Outcomes) -> Arrival | None:
    """Returns what the inlet got by its join rule, or None while that is open."""
    if inlet.join.rule != "all_taken" and inlet.port.many:
        return _raced(inlet, outcomes, inlet.join.k or 1)
    for edge in inlet.edges:
        future = outcomes[edge.source]
        if not future.done():
            return None
        settled = future.result()
        if settled.state == "failed":
            return Arrival(inlet, blocked_by=settled.title)
    return _taken(inlet, outcomes, len(inlet.edges))


def _raced(inlet: Inlet, outcomes: Outcomes, needed: int) -> Arrival | None:
    arrival = _taken(inlet, outcomes, needed)
    if len(arrival.values) >= needed:
        return arrival
    if not all(outcomes[edge.source].done() for edge in inlet.edges):
        return None
    return _too_few(inlet, outcomes, len(arrival.values), needed)


def _taken(inlet: Inlet, outcomes: Outcomes, limit: int) -> Arrival:
    """Returns the values that are there, in the order of the edges."""
    edges: list[Edge] = []
    values: list[Value] = []
    for edge in inlet.edges:
        future = outcomes[edge.source]
        value = future.result().value(edge) if future.done() else None
        if value is not None and len(values) < limit:
            edges.append(edge)
            values.append(value)
    return Arrival(inlet, tuple(edges), tuple(values), silent_because=_why_silent(inlet, outcomes))


def _too_few(inlet: Inlet, outcomes: Outcomes, got: int, needed: int) -> Arrival:
    failed = [outcomes[e.source].result().title for e in inlet.edges if outcomes[e.source].result().state == "failed"]
    if failed:
        return Arrival(inlet, blocked_by=failed[0])
    reason = f"{got} of the {needed} answers it waits for came" if needed > 1 else _why_silent(inlet, outcomes)
    return Arrival(inlet, silent_because=reason)


def _why_silent(inlet: Inlet, outcomes: Outcomes) -> str | None:
    for edge in inlet.edges:
        future = outcomes[edge.source]
        if future.done() and future.result().value(edge) is None:
            settled = future.result()
            was_run = settled.state == "fired"
            return f"{settled.title} did not take '{edge.source_port}'" if was_run else f"{settled.title} stayed silent"
    return None

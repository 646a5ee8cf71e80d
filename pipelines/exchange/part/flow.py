"""How the nodes of an exported program wait for each other: the data flow of Routeloom's engine in one small class."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pipelines.error import ConfigurationError
from pipelines.value import Answer, Query

NODE_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Input:
    """Is an input of a node with the outputs that feed it, each as (node, output).

    Without `wait_for` it waits until each of them has fired or stays silent, and takes what came; with it, it takes
    the first so many arrivals and waits no longer.
    """

    name: str
    type: type
    edges: tuple[tuple[str, str], ...]
    required: bool = True
    many: bool = False
    wait_for: int | None = None


@dataclass(frozen=True)
class Node:
    """Is a node of the graph: what it runs and what it waits for.

    A node without `run` passes the first value that arrives on to its output `passes_to`; without that too it is
    disabled. `overtakes` names the nodes that are stopped once this one has what it waits for.
    """

    name: str
    title: str
    run: Callable[..., Awaitable[dict[str, Any]]] | None
    inputs: tuple[Input, ...] = ()
    overtakes: frozenset[str] = frozenset()
    passes_to: str | None = None
    is_pinned: bool = False
    fails_silently: bool = False
    is_final: bool = False


@dataclass(frozen=True)
class End:
    """Is how a node ended: it fired outputs, stayed silent, or failed so that those behind it are blocked."""

    state: Literal["fired", "silent", "failed"]
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """Is what an input got: values in the order of its edges, or the news that something it needs has failed."""

    input: Input
    values: tuple[Any, ...] = ()
    is_blocked: bool = False

    @property
    def stops_the_node(self) -> bool:
        """Says whether the node cannot run, whatever its other inputs get."""
        return self.is_blocked or (self.input.required and not self.values)


class Flow:
    """Brings every node of a graph to its end: each starts the moment its own inputs are there."""

    def __init__(self, graph: Sequence[Node], query: Query) -> None:
        """Takes the nodes and the question."""
        self.graph = graph
        self.query = query
        self.failures: list[str] = []
        self.ends: dict[str, asyncio.Future[End]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> Answer | None:
        """Returns the answer, or None where every way to one stayed silent."""
        self.ends = {node.name: asyncio.get_running_loop().create_future() for node in self.graph}
        self.tasks = {node.name: asyncio.create_task(self.drive(node)) for node in self.graph}
        try:
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        finally:
            for each in self.tasks.values():
                each.cancel()
        answers = [self.ends[node.name].result().outputs.get("answer") for node in self.graph if node.is_final]
        found = next((answer for answer in answers if answer is not None), None)
        if found is None and self.failures:
            raise ConfigurationError(self.failures[0])
        return found

    async def drive(self, node: Node) -> None:
        """Brings one node to its end; a node that is stopped stays silent."""
        end = End("silent")
        try:
            end = await self.live(node)
        except Exception as failure:  # noqa: BLE001  whatever a node raises is its failure
            self.failures.append(f"{node.title}: {failure}")
            end = End("silent" if node.fails_silently else "failed")
        finally:
            self.ends[node.name].set_result(end)

    async def live(self, node: Node) -> End:
        """Waits for the inputs of a node and runs it, if they came."""
        if node.run is None and node.passes_to is None:
            return End("silent")
        arrivals = await self.arrive_all([each for each in node.inputs if each.edges])
        if any(arrival.is_blocked for arrival in arrivals):
            return End("silent" if node.fails_silently else "failed")
        filled = {arrival.input.name for arrival in arrivals if arrival.values}
        lacks = any(each.required and each.name not in filled for each in node.inputs) and not node.is_pinned
        if lacks or (arrivals and not filled):
            return End("silent")
        for name in node.overtakes:
            self.tasks[name].cancel()
        if node.run is None:
            return End("fired", {str(node.passes_to): first_of(arrivals)})
        async with asyncio.timeout(NODE_TIMEOUT_S):
            return End("fired", await node.run(**self.arguments(node, arrivals)))

    def arguments(self, node: Node, arrivals: Sequence[Arrival]) -> dict[str, Any]:
        """Returns the values by input; a node without inputs gets the question."""
        found: dict[str, Any] = {} if node.inputs or node.is_pinned else {"question": self.query}
        for arrival in arrivals:
            values = [taken_as(arrival.input.type, value) for value in arrival.values]
            if not values or node.is_pinned:
                continue
            if arrival.input.type is str:
                found.setdefault("inputs", {})[arrival.input.name] = values[0]
            else:
                found[arrival.input.name] = values if arrival.input.many else values[0]
        return found

    async def arrive_all(self, inputs: Sequence[Input]) -> list[Arrival]:
        """Waits for every input, but no longer than until one of them makes a run impossible."""
        waiting = [asyncio.create_task(self.arrive(each)) for each in inputs]
        try:
            for done in asyncio.as_completed(waiting):
                if (await done).stops_the_node:
                    break
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return [each.result() for each in waiting if not each.cancelled()]

    async def arrive(self, wanted: Input) -> Arrival:
        """Waits until an input has what it asks for, or can no longer get it."""
        if wanted.wait_for is None:
            for name, _ in wanted.edges:
                if (await asyncio.shield(self.ends[name])).state == "failed":
                    return Arrival(wanted, is_blocked=True)
            return self.taken(wanted, len(wanted.edges))
        while True:
            sources = [self.ends[name] for name, _ in wanted.edges]
            pending = {source for source in sources if not source.done()}
            arrival = self.taken(wanted, wanted.wait_for)
            if len(arrival.values) >= wanted.wait_for:
                return arrival
            if not pending:
                return Arrival(wanted, is_blocked=any(source.result().state == "failed" for source in sources))
            await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)

    def taken(self, wanted: Input, limit: int) -> Arrival:
        """Returns the values that are there, in the order of the edges."""
        ended = [(self.ends[name].result(), output) for name, output in wanted.edges if self.ends[name].done()]
        values = [end.outputs[output] for end, output in ended if output in end.outputs]
        return Arrival(wanted, tuple(values[:limit]))


def first_of(arrivals: Sequence[Arrival]) -> Any:
    """Returns the first value that arrived, as its input takes it."""
    return next(taken_as(arrival.input.type, value) for arrival in arrivals for value in arrival.values)


def taken_as(wanted: type, value: Any) -> Any:
    """Returns a value as an input takes it: anything as text, an answer as the next question."""
    if wanted is str:
        return value.as_text()
    return Query(text=value.text) if wanted is Query and isinstance(value, Answer) else value


async def run_graph(graph: Sequence[Node], query: Query) -> Answer | None:
    """Returns the answer of a graph to a question, or None where every way to one stayed silent."""
    return await Flow(graph, query).run()

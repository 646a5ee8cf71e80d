"""A pipeline made ready to run: node objects built, ports resolved, edges sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

from pipelines.bypass import Detour, find_detour
from pipelines.document import Edge, JoinRule, NodeSpec, Pipeline
from pipelines.node import Node, Port, declared_services
from pipelines.nodes import node_kinds
from pipelines.service import Models
from pipelines.value import VALUE_TYPES, Value


@dataclass(frozen=True, slots=True)
class Inlet:
    """Is an input port with its edges and what it waits for."""

    port: Port
    value_type: type[Value]
    edges: tuple[Edge, ...]
    join: JoinRule


@dataclass(frozen=True, slots=True)
class Step:
    """Is a node ready to run: the drawn node, its object, its inlets and the services it asks for.

    A bypassed node has the inlets that its `detour` passes on, as its output takes them, or none.
    """

    spec: NodeSpec
    node: Node
    inlets: tuple[Inlet, ...]
    declared: frozenset[str]
    services: tuple[tuple[str, type], ...]
    outputs: Mapping[str, str]
    asks_models: bool
    detour: Detour | None = None

    @property
    def title(self) -> str:
        """Returns the title that the person gave, or the one of the kind."""
        return self.spec.title or self.node.title


@dataclass(frozen=True, slots=True)
class Plan:
    """Holds the steps of a pipeline by node id, in the order of the document."""

    pipeline: Pipeline
    steps: Mapping[str, Step]
    private_ancestors: Mapping[str, frozenset[str]]
    """For each join of the rule `first`: the nodes whose every path leads to it, so that they may be stopped."""
    chains: tuple[tuple[Step, ...], ...]
    """All steps, those together of which each waits for nothing but the one before it."""


def build_node(spec: NodeSpec) -> Node:
    """Returns the node object of a drawn node.

    Raises:
        KeyError: if the kind is unknown.
        ValidationError: if the configuration does not fit the kind.
    """
    return node_kinds()[spec.kind].model_validate(spec.config)


def build_plan(pipeline: Pipeline) -> Plan:
    """Returns the plan of a pipeline that `pipelines.graph.find_problems` found free of errors."""
    into: dict[str, dict[str, list[Edge]]] = {spec.id: {} for spec in pipeline.nodes}
    for edge in pipeline.edges:
        into[edge.target].setdefault(edge.target_port, []).append(edge)
    steps = {spec.id: _step(spec, into[spec.id]) for spec in pipeline.nodes}
    steps |= {spec.id: _bypassed(steps[spec.id], steps) for spec in pipeline.nodes if spec.bypassed}
    firsts = [spec.id for spec in pipeline.nodes if spec.join and spec.join.rule == "first"]
    private = {join: _private_ancestors(pipeline, join) for join in firsts}
    return Plan(pipeline, steps, private, _chains(steps, alone=frozenset().union(*private.values(), private)))


def _step(spec: NodeSpec, edges: Mapping[str, list[Edge]]) -> Step:
    node = build_node(spec)
    own = type(node).run.__annotations__
    inlets = tuple(
        Inlet(port, VALUE_TYPES[port.type], tuple(edges.get(port.name, ())), spec.join or node.join)
        for port in node.input_ports()
    )
    services = declared_services(type(node))
    outputs = {port.name: port.type for port in node.output_ports()} | ({"answer": "answer"} if node.final else {})
    asks_models = any(service is Models for _, service in services)
    return Step(spec, node, inlets, frozenset(own), services, outputs, asks_models)


def _chains(steps: Mapping[str, Step], alone: frozenset[str]) -> tuple[tuple[Step, ...], ...]:
    """Returns the chains; steps that are stopped one by one, those `alone`, are chains of their own."""
    sources = {name: {edge.source for inlet in step.inlets for edge in inlet.edges} for name, step in steps.items()}
    # What ends without waiting for the one before it cannot follow it.
    bound = [name for name, step in steps.items() if not step.spec.disabled and len(sources[name]) == 1]
    next_of: dict[str, str] = {}
    for name in bound:
        if name not in alone and not sources[name] & alone:
            next_of.setdefault(next(iter(sources[name])), name)
    followers = set(next_of.values())
    # In this order a step has begun to wait before one behind it could stop it.
    chains = [[name] for name in TopologicalSorter(sources).static_order() if name not in followers]
    for chain in chains:
        while chain[-1] in next_of:
            chain.append(next_of[chain[-1]])
    return tuple(tuple(steps[name] for name in chain) for chain in chains)


def _bypassed(step: Step, steps: Mapping[str, Step]) -> Step:
    """Returns the step with the way around its node for inlets."""
    arriving = {
        edge: port.type
        for inlet in step.inlets
        for edge in inlet.edges
        for port in steps[edge.source].node.output_ports()
        if port.name == edge.source_port
    }
    detour = find_detour(step.node.input_ports(), step.node.output_ports(), arriving)
    if detour is None:
        return replace(step, inlets=())
    taken = {"type": detour.output.type, "required": False}
    inlets = tuple(
        Inlet(inlet.port.model_copy(update=taken), VALUE_TYPES[detour.output.type], edges, inlet.join)
        for inlet in step.inlets
        if (edges := tuple(edge for edge in inlet.edges if edge in detour.edges))
    )
    return replace(step, inlets=inlets, detour=detour)


def _private_ancestors(pipeline: Pipeline, join: str) -> frozenset[str]:
    targets: dict[str, set[str]] = {}
    sources: dict[str, set[str]] = {}
    for edge in pipeline.edges:
        targets.setdefault(edge.source, set()).add(edge.target)
        sources.setdefault(edge.target, set()).add(edge.source)
    private = {join}
    waiting = list(sources.get(join, ()))
    while waiting:
        node = waiting.pop()
        if node not in private and targets[node] <= private:
            private.add(node)
            waiting += sources.get(node, ())
    return frozenset(private - {join})

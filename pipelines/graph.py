"""Checks a drawn pipeline and finds every problem at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import networkx as nx
from pydantic import ValidationError

from pipelines.bypass import Detour, find_detour
from pipelines.catalogue import Catalogue
from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.error import ConfigurationError, DocumentError, NotFound, PipelineInvalid
from pipelines.nesting import Nesting
from pipelines.node import Node, Port
from pipelines.nodes import node_kinds
from pipelines.plan import build_node
from pipelines.record import Record
from pipelines.store import PipelineLibrary, RouterLibrary
from pipelines.value import VALUE_TYPES, is_compatible

LONGEST_LIST = 20


class Problem(Record):
    """Is one thing wrong with a pipeline, where it is, and what to do; an `error` stops a run, a `warning` does not."""

    node: str | None = None
    port: str | None = None
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Returns the sentence with its place."""
        place = ".".join(part for part in (self.node, self.port) if part)
        return f"{place}: {self.message}" if place else self.message


def require_valid(
    pipeline: Pipeline,
    *,
    catalogue: Catalogue | None = None,
    library: PipelineLibrary | None = None,
    routers: RouterLibrary | None = None,
    whole: bool = True,
) -> None:
    """Does nothing for a pipeline that can run; a part of one (not `whole`) needs no Answer.

    Raises:
        PipelineInvalid: with every error, if it cannot.
    """
    problems = find_problems(pipeline, catalogue=catalogue, library=library, routers=routers, whole=whole)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise PipelineInvalid(errors)


def find_problems(
    pipeline: Pipeline,
    *,
    catalogue: Catalogue | None = None,
    library: PipelineLibrary | None = None,
    routers: RouterLibrary | None = None,
    whole: bool = True,
) -> tuple[Problem, ...]:
    """Returns every problem of a pipeline, in the order of its nodes; empty if there is none.

    With a catalogue the named models are looked up, with a library the named sub-pipelines, with routers the trained
    ones. A part of a pipeline (not `whole`) may end anywhere.
    """
    if not pipeline.nodes:
        return (Problem(message="The pipeline is empty; drag a Question, an Expert and an Answer onto the canvas."),)
    check = _Check(pipeline)
    problems = [*check.nodes(), *check.edges(), *check.ports(), *check.cycles(), *check.reach(), *check.bypasses()]
    if whole:
        problems += check.ends()
    if catalogue is not None:
        problems += check.models(catalogue)
    if library is not None:
        problems += check.nesting(library)
    if routers is not None:
        problems += check.routers(routers, catalogue)
    order = {spec.id: place for place, spec in enumerate(pipeline.nodes)}
    return tuple(sorted(problems, key=lambda problem: order.get(problem.node or "", -1)))


class _Check:
    """Holds a pipeline with the nodes that could be built and the edges that join existing nodes."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.specs = {spec.id: spec for spec in pipeline.nodes}
        self.built: dict[str, Node] = {}
        self.faults: dict[str, list[str]] = {}
        for spec in pipeline.nodes:
            self._build(spec)
        self.input_ports = {n: {port.name: port for port in node.input_ports()} for n, node in self.built.items()}
        self.output_ports = {n: {port.name: port for port in node.output_ports()} for n, node in self.built.items()}
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from(self.specs)
        self.whole = [e for e in pipeline.edges if e.source in self.specs and e.target in self.specs]
        self.graph.add_edges_from((e.source, e.target) for e in self.whole)
        self.outgoing: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.whole:
            self.outgoing[edge.source].append(edge)
        self.detours = {n: self._detour(n) for n in self.built if self.specs[n].bypassed}

    def _build(self, spec: NodeSpec) -> None:
        kinds = node_kinds()
        if spec.kind not in kinds:
            self.faults[spec.id] = [f"There is no node kind '{spec.kind}'; known are {', '.join(sorted(kinds))}."]
            return
        newest = kinds[spec.kind].version
        if spec.version < newest:
            self.faults[spec.id] = [
                f"This node was saved as version {spec.version} of '{spec.kind}' and could not be brought to version"
                f" {newest}; put a new one in its place."
            ]
            return
        if spec.version > newest:
            self.faults[spec.id] = [
                f"The kind '{spec.kind}' has version {spec.version} here; this Routeloom knows up to {newest}."
            ]
            return
        try:
            self.built[spec.id] = build_node(spec)
        except ValidationError as error:
            self.faults[spec.id] = [
                f"The field '{'.'.join(str(part) for part in detail['loc'])}' is wrong: {detail['msg']}."
                for detail in error.errors(include_url=False, include_input=False)
            ]

    def _detour(self, node_id: str) -> Detour | None:
        inputs, outputs = self.input_ports[node_id].values(), self.output_ports[node_id].values()
        return find_detour(tuple(inputs), tuple(outputs), self._arriving(node_id))

    def nodes(self) -> Iterator[Problem]:
        for spec in self.pipeline.nodes:
            for message in self.faults.get(spec.id, ()):
                yield Problem(node=spec.id, message=message)
            node = self.built.get(spec.id)
            if node is None or not spec.executes:
                continue
            for message in node.problems():
                yield Problem(node=spec.id, message=message)
            yield from self._pins(spec)

    def _pins(self, spec: NodeSpec) -> Iterator[Problem]:
        outputs = self.output_ports[spec.id]
        for name, value in (spec.pinned or {}).items():
            if name not in outputs:
                yield Problem(node=spec.id, port=name, message=_no_port(name, "output", outputs))
            elif outputs[name].type != value.type_name():
                yield Problem(
                    node=spec.id,
                    port=name,
                    message=f"The pinned value has the type {value.type_name()}; the port fires {outputs[name].type}.",
                )

    def edges(self) -> Iterator[Problem]:
        for edge in self.pipeline.edges:
            missing = [end for end in (edge.source, edge.target) if end not in self.specs]
            for end in missing:
                other = edge.target if end == edge.source else edge.source
                known = other if other in self.specs else None
                yield Problem(node=known, message=f"The edge {edge} joins the node '{end}', which does not exist.")
            if not missing:
                yield from self._types(edge)

    def _types(self, edge: Edge) -> Iterator[Problem]:
        source, target = self.output_ports.get(edge.source), self.input_ports.get(edge.target)
        if source is not None and edge.source_port not in source:
            yield Problem(node=edge.source, port=edge.source_port, message=_no_port(edge.source_port, "output", source))
        if target is not None and edge.target_port not in target:
            yield Problem(node=edge.target, port=edge.target_port, message=_no_port(edge.target_port, "input", target))
        if source is None or target is None or edge.source_port not in source or edge.target_port not in target:
            return
        given, taken = source[edge.source_port].type, target[edge.target_port].type
        if not is_compatible(given, taken):
            allowed = " or ".join(sorted({taken, *VALUE_TYPES[taken].accepts}))
            yield Problem(
                node=edge.target,
                port=edge.target_port,
                message=f"{edge.source}.{edge.source_port} gives a {given}; this input takes {allowed}.",
            )

    def ports(self) -> Iterator[Problem]:
        edges = Counter((e.target, e.target_port) for e in self.whole)
        for node_id in self.built:
            for port in self.input_ports[node_id].values():
                yield from self._inlet(self.specs[node_id], port, edges[node_id, port.name])

    def _inlet(self, spec: NodeSpec, port: Port, edges: int) -> Iterator[Problem]:
        needed = port.required and spec.executes and spec.pinned is None
        if needed and not edges:
            message = f"The input '{port.name}' needs an edge from an output of type {port.type}."
            yield Problem(node=spec.id, port=port.name, message=message)
        if edges > 1 and not port.many:
            message = f"The input '{port.name}' takes one edge and has {edges}; bring branches together with a Merge."
            yield Problem(node=spec.id, port=port.name, message=message)
        if port.many and spec.join and spec.join.k and edges and spec.join.k > edges:
            message = f"The join waits for {spec.join.k} of {edges} edges, which can never come."
            yield Problem(node=spec.id, port=port.name, message=message)

    def cycles(self) -> Iterator[Problem]:
        for component in nx.strongly_connected_components(self.graph):
            part = self.graph.subgraph(component)
            if len(component) == 1 and not nx.number_of_selfloops(part):
                continue
            first = next(node_id for node_id in self.specs if node_id in component)
            loop = [step[0] for step in nx.find_cycle(part, first)]
            path = " → ".join([*loop, loop[0]])
            yield Problem(node=loop[0], message=f"The nodes form a loop, which can never start: {path}.")

    def reach(self) -> Iterator[Problem]:
        pinned = {spec.id for spec in self.pipeline.nodes if spec.pinned is not None and not spec.bypassed}
        sources = {n for n, node in self.built.items() if not node.input_ports() or n in pinned}
        reached = _reached(self.graph, sources)
        for spec in self.pipeline.nodes:
            if spec.id in self.built and spec.id not in reached and not spec.disabled:
                message = "No path leads here from the question, so it will never run; connect, disable or delete it."
                yield Problem(node=spec.id, message=message, severity="warning")

    def bypasses(self) -> Iterator[Problem]:
        for node_id, detour in self.detours.items():
            took = self._arriving(node_id)
            if detour is None and (took or not self.input_ports[node_id]):
                gives = [port.type for port in self.output_ports[node_id].values() if port.required]
                message = f"It cannot be bypassed: it takes {_listed(took.values())} and gives {_listed(gives)}"
                yield Problem(node=node_id, message=f"{message}, so it stays silent.", severity="warning")

    def _arriving(self, node_id: str) -> dict[Edge, str]:
        """Returns the edges into a node with the types of what they carry, where that is known."""
        into = [edge for edge in self.whole if edge.target == node_id]
        found = {edge: self.output_ports.get(edge.source, {}).get(edge.source_port) for edge in into}
        return {edge: port.type for edge, port in found.items() if port is not None}

    def ends(self) -> Iterator[Problem]:
        finals = {n for n, node in self.built.items() if node.final and self.specs[n].executes}
        if not finals and not self.faults:
            yield Problem(message="The pipeline has no Answer, so nothing would come out; add one and connect it.")
        useful = _reached(self.graph.reverse(copy=False), finals)
        for spec in self.pipeline.nodes:
            if spec.id in self.built and not spec.disabled and not self.built[spec.id].final:
                yield from self._loose(spec, useful if finals else set(self.specs))

    def _loose(self, spec: NodeSpec, useful: set[str]) -> Iterator[Problem]:
        for port in self._live_outputs(spec):
            targets = [e.target for e in self.outgoing[spec.id] if e.source_port == port.name]
            dead = bool(targets) and not useful.intersection(targets)
            if (not targets and port.required) or dead:
                message = f"The branch '{port.name}' leads nowhere: what it fires reaches no Answer."
                yield Problem(node=spec.id, port=port.name, message=message, severity="warning")

    def _live_outputs(self, spec: NodeSpec) -> Iterable[Port]:
        if not spec.bypassed:
            return self.output_ports[spec.id].values()
        detour = self.detours[spec.id]
        return (detour.output,) if detour else ()

    def models(self, catalogue: Catalogue) -> Iterator[Problem]:
        for node_id, node in self.built.items():
            if not self.specs[node_id].executes:
                continue
            for name in dict.fromkeys(node.model_names()):
                try:
                    catalogue.entry(name)
                except ConfigurationError as error:
                    yield Problem(node=node_id, message=str(error))

    def nesting(self, library: PipelineLibrary) -> Iterator[Problem]:
        nesting = Nesting(library)
        for node_id, node in self.built.items():
            for reference in node.pipeline_references() if self.specs[node_id].executes else ():
                try:
                    nesting.check(reference, self.pipeline.name)
                except (NotFound, ConfigurationError) as error:
                    yield Problem(node=node_id, message=str(error))

    def routers(self, routers: RouterLibrary, catalogue: Catalogue | None) -> Iterator[Problem]:
        drawn = {node.candidate() for node in self.built.values()}
        for node_id, node in self.built.items():
            for reference in node.router_references() if self.specs[node_id].executes else ():
                try:
                    known = routers.router(reference).card.models
                except (NotFound, DocumentError) as error:
                    yield Problem(node=node_id, message=str(error))
                    continue
                for message in node.router_problems(known):
                    yield Problem(node=node_id, message=message)
                behind = [name for name in node.models_behind(known) if not (node.weighs_answers and name in drawn)]
                absent = [] if catalogue is None else _absent(behind, catalogue)
                if absent:
                    yield Problem(
                        node=node_id,
                        message=f"The trained router '{reference}' chooses among models that the catalogue lacks:"
                        f" {', '.join(absent)}; add them on the Models page, or name an alias for each.",
                    )


def _absent(models: Iterable[str | None], catalogue: Catalogue) -> list[str]:
    return [name for name in dict.fromkeys(models) if name is not None and name not in catalogue]


def _reached(graph: nx.DiGraph[str], starts: set[str]) -> set[str]:
    """Returns the nodes that a path leads to from one of the starts, these included."""
    reached, waiting = set(starts), list(starts)
    while waiting:
        new = [node for node in graph.successors(waiting.pop()) if node not in reached]
        reached.update(new)
        waiting += new
    return reached


def _listed(types: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(types)) or "nothing"


def _no_port(name: str, side: str, ports: Mapping[str, Port]) -> str:
    known = [f"{port.name} ({port.type})" for port in ports.values()]
    more = f" and {len(known) - LONGEST_LIST} more" if len(known) > LONGEST_LIST else ""
    return f"There is no {side} '{name}'; the {side}s are {', '.join(known[:LONGEST_LIST]) or 'none'}{more}."

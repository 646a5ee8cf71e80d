"""Cuts a selection of nodes out of a pipeline and makes it a pipeline of its own, used as one node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from pipelines.document import Edge, NodeSpec, Pipeline, Position
from pipelines.error import DocumentError
from pipelines.node import Port
from pipelines.nodes.answer_output import AnswerOutput
from pipelines.nodes.query_input import QueryInput
from pipelines.nodes.sub_pipeline import SubPipeline
from pipelines.part import leading_to
from pipelines.plan import build_node
from pipelines.value import is_compatible

GAP_PX = 320
End = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cut:
    """Is a selection as a pipeline of its own, and what is left where it was.

    Attributes:
        inner: the selection between a question and an answer.
        node_id: the node that will stand for it in the outer pipeline.
    """

    inner: Pipeline
    node_id: str
    _outer: Pipeline

    def outer(self, reference: str) -> Pipeline:
        """Returns the outer pipeline, whose new node uses the inner one under the name by which it was saved."""
        nodes = tuple(
            spec.model_copy(update={"config": {"reference": reference}}) if spec.id == self.node_id else spec
            for spec in self._outer.nodes
        )
        return self._outer.model_copy(update={"nodes": nodes})


def cut_out(pipeline: Pipeline, node_ids: Iterable[str], *, name: str) -> Cut:
    """Returns the cut of these nodes.

    Raises:
        DocumentError: if a node does not exist or cannot stand inside, if not exactly one question leads in and one
            answer out, or if a path leaves the selection and comes back.
    """
    chosen = {node_id: pipeline.node(node_id) for node_id in node_ids}
    for spec in chosen.values():
        if spec.kind in (QueryInput.kind, AnswerOutput.kind):
            raise DocumentError(f"'{spec.title or spec.id}' stays outside: a sub-pipeline gets its own; deselect it.")
    into = [edge for edge in pipeline.edges if edge.source not in chosen and edge.target in chosen]
    out = [edge for edge in pipeline.edges if edge.source in chosen and edge.target not in chosen]
    entry = _only("goes into the selection", "question", {(edge.source, edge.source_port) for edge in into})
    exit_ = _only("comes out of the selection", "answer", {(edge.source, edge.source_port) for edge in out})
    if chosen.keys() & leading_to(pipeline.edges, entry[0]):
        raise DocumentError("A path leaves the selection and comes back to it; select what lies between as well.")
    _check_types(pipeline, into, entry, exit_)
    inner = _inner(pipeline, tuple(chosen.values()), into, exit_, name)
    return Cut(inner, *_outer(pipeline, chosen, into, out, name))


def _only(what: str, word: str, ends: set[End]) -> End:
    if len(ends) != 1:
        found = ", ".join(sorted(".".join(end) for end in ends)) or "none"
        raise DocumentError(
            f"A sub-pipeline takes one question and gives one answer; the {word}s here: {found} {what}."
        )
    return next(iter(ends))


def _check_types(pipeline: Pipeline, into: list[Edge], entry: End, exit_: End) -> None:
    given = _port(_ports(pipeline.node(entry[0]), "output"), entry).type
    if not is_compatible(given, "query"):
        raise DocumentError(f"{'.'.join(entry)} gives a {given}; what goes into a sub-pipeline is a question.")
    for edge in into:
        end = (edge.target, edge.target_port)
        taken = _port(_ports(pipeline.node(edge.target), "input"), end).type
        if not is_compatible("query", taken):
            raise DocumentError(f"{'.'.join(end)} takes a {taken}; inside a sub-pipeline it would get a question.")
    gives = _port(_ports(pipeline.node(exit_[0]), "output"), exit_).type
    if gives != "answer":
        raise DocumentError(f"{'.'.join(exit_)} gives a {gives}; what comes out of a sub-pipeline is an answer.")


def _ports(spec: NodeSpec, side: str) -> tuple[Port, ...]:
    try:
        node = build_node(spec)
    except (KeyError, ValidationError):
        raise DocumentError(f"The node '{spec.id}' is not right yet; mend it first.") from None
    return node.output_ports() if side == "output" else node.input_ports()


def _port(ports: tuple[Port, ...], end: End) -> Port:
    for port in ports:
        if port.name == end[1]:
            return port
    raise DocumentError(f"The node '{end[0]}' has no port '{end[1]}'; mend its wire first.")


def _inner(pipeline: Pipeline, specs: tuple[NodeSpec, ...], into: list[Edge], exit_: End, name: str) -> Pipeline:
    taken = {spec.id for spec in specs}
    question, answer = _free("question", taken), _free("answer", taken)
    left, right = _sides(specs)
    ends = (
        NodeSpec(id=question, kind=QueryInput.kind, version=QueryInput.version, position=left),
        NodeSpec(id=answer, kind=AnswerOutput.kind, version=AnswerOutput.version, position=right),
    )
    edges = (
        *(edge.model_copy(update={"source": question, "source_port": "query"}) for edge in into),
        *(edge for edge in pipeline.edges if {edge.source, edge.target} <= taken),
        Edge(source=exit_[0], source_port=exit_[1], target=answer, target_port="answers"),
    )
    return Pipeline(name=name, nodes=(ends[0], *specs, ends[1]), edges=edges)


def _outer(
    pipeline: Pipeline, chosen: dict[str, NodeSpec], into: list[Edge], out: list[Edge], name: str
) -> tuple[str, Pipeline]:
    node_id = _free("sub_pipeline_1", {spec.id for spec in pipeline.nodes} - chosen.keys())
    places = [spec.position for spec in chosen.values() if spec.position is not None]
    middle = (
        Position(x=sum(p.x for p in places) / len(places), y=sum(p.y for p in places) / len(places)) if places else None
    )
    spec = NodeSpec(id=node_id, kind=SubPipeline.kind, version=SubPipeline.version, title=name, position=middle)
    nodes: list[NodeSpec] = []
    for old in pipeline.nodes:
        if old.id not in chosen:
            nodes.append(old)
        elif spec not in nodes:
            nodes.append(spec)
    edges: dict[str, Edge] = {}
    for edge in pipeline.edges:
        if edge in into:
            edge = edge.model_copy(update={"target": node_id, "target_port": "query"})
        elif edge in out:
            edge = edge.model_copy(update={"source": node_id, "source_port": "answer"})
        elif edge.source in chosen:
            continue
        edges.setdefault(str(edge), edge)
    return node_id, pipeline.model_copy(update={"nodes": tuple(nodes), "edges": tuple(edges.values())})


def _sides(specs: tuple[NodeSpec, ...]) -> tuple[Position | None, Position | None]:
    """Returns the places left and right of the nodes, or none where a node has none: then all are laid out afresh."""
    places = [spec.position for spec in specs if spec.position is not None]
    if len(places) < len(specs):
        return None, None
    xs, ys = [place.x for place in places], [place.y for place in places]
    y = sum(ys) / len(ys)
    return Position(x=min(xs) - GAP_PX, y=y), Position(x=max(xs) + GAP_PX, y=y)


def _free(wanted: str, taken: Iterable[str]) -> str:
    stem = wanted.rstrip("0123456789").rstrip("_")
    names = (wanted, *(f"{stem}_{number}" for number in range(2, 10_000)))
    used = set(taken)
    return next(name for name in names if name not in used)

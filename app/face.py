"""How node kinds and drawn nodes show on the canvas: the palette, and the face of each node by its configuration."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Final

from pydantic import ValidationError

from app.canvas.overlay import Estimate
from app.canvas.protocol import Catalogue, Face, Group, Kind, PortType
from pipelines.document import NodeSpec, Pipeline
from pipelines.estimate.record import ContenderEstimate, NodeEstimate
from pipelines.node import GROUPS, Node, Port
from pipelines.nodes import node_kinds
from pipelines.plan import build_node
from pipelines.value import VALUE_TYPES

SELDOM: Final = 0.05


@cache
def catalogue() -> Catalogue:
    """Returns everything that can be drawn; its version changes when anything in it does."""
    kinds = tuple(_kind(cls) for cls in node_kinds().values())
    groups = tuple(Group(name=name, title=title) for name, title in GROUPS.items())
    types = tuple(
        PortType(
            name=name,
            title=value.title,
            colour_light=value.colours[0],
            colour_dark=value.colours[1],
            accepts=tuple(sorted({name, *value.accepts})),
        )
        for name, value in VALUE_TYPES.items()
    )
    found = Catalogue(version="", kinds=kinds, groups=groups, types=types)
    return found.model_copy(update={"version": hashlib.sha256(found.model_dump_json().encode()).hexdigest()[:12]})


def faces(
    pipeline: Pipeline,
    *,
    inner: Callable[[NodeSpec], str | None] = lambda _: None,
    estimate: ContenderEstimate | None = None,
) -> dict[str, Face]:
    """Returns the face of every node that can be built; the canvas draws the others by their kind.

    `inner` names the saved pipeline that a node opens, where it opens one; `estimate` is of this pipeline.
    """
    told = {node.node_id: node for node in estimate.nodes} if estimate else {}
    # Where every node lies on the critical path, marking it would say nothing.
    forks = any(node.active > SELDOM and not node.critical for node in told.values())
    found = {
        spec.id: face(spec, inner=inner(spec) or "", estimate=told.get(spec.id), forks=forks) for spec in pipeline.nodes
    }
    return {node_id: known for node_id, known in found.items() if known is not None}


def face(spec: NodeSpec, *, inner: str = "", estimate: NodeEstimate | None = None, forks: bool = False) -> Face | None:
    """Returns the ports, the line under the title and the models of a node, or None if it cannot be built."""
    try:
        node = build_node(spec)
    except (KeyError, ValidationError):
        return None
    return Face(
        inputs=node.input_ports(),
        outputs=node.output_ports(),
        summary=node.summary(),
        models=tuple(name for name in node.model_names() if name is not None),
        inner=inner,
        estimate=_told(estimate) if estimate else None,
        critical=forks and estimate is not None and estimate.critical,
    )


def _told(estimate: NodeEstimate) -> Estimate | None:
    """Returns the medians for the card, or None where there is nothing to say of a node that asks no model."""
    measured = estimate.latency_source.startswith("history")
    if not estimate.token_source and not measured:
        return None
    sources = (estimate.token_source, estimate.latency_source, *(f"no price of {name}" for name in estimate.unpriced))
    return Estimate(
        cost_usd=estimate.cost_usd.p50 if estimate.cost_usd and estimate.token_source else None,
        latency_s=estimate.latency_s.p50,
        source="; ".join(dict.fromkeys(source for source in sources if source)),
    )


def docstring(cls: type[Node]) -> tuple[str, str]:
    """Returns what the class says of itself, and its source."""
    text = inspect.getdoc(cls) or ""
    body, _, source = text.partition("Source:")
    return body.strip(), " ".join(source.split())


def _kind(cls: type[Node]) -> Kind:
    inputs, outputs = _default_ports(cls)
    return Kind(
        kind=cls.kind,
        title=cls.title,
        group=cls.group,
        icon=cls.icon,
        help=docstring(cls)[0].partition("\n")[0],
        version=cls.version,
        inputs=inputs,
        outputs=outputs,
    )


def _default_ports(cls: type[Node]) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    node = cls()
    return node.input_ports(), node.output_ports()

"""Says what each node of a pipeline may cost and take before it runs, and where the number comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from pydantic import ValidationError

from pipelines.catalogue import Catalogue
from pipelines.chat import Usage
from pipelines.document import NodeSpec, Pipeline
from pipelines.error import ConfigurationError
from pipelines.plan import build_node
from pipelines.record import Record
from pipelines.run import Run, Span, Totals

TYPICAL: Final = Usage(input_tokens=500, output_tokens=250)


class NodeForecast(Record):
    """Is what one node may cost and take; None where nothing is known."""

    cost_usd: float | None
    latency_s: float | None
    source: str


def forecasts(pipeline: Pipeline, runs: Iterable[Run], catalogue: Catalogue) -> dict[str, NodeForecast]:
    """Returns a forecast for every node that does its own work and of which something is known, by node id.

    The median of what the node did in these runs where it was configured as it is now; otherwise one call of a typical
    size to each of its models at the declared price.
    """
    known = list(runs)
    live = [spec for spec in pipeline.nodes if spec.executes]
    found = {spec.id: _from_history(spec, known) or _declared(spec, catalogue) for spec in live}
    return {node_id: forecast for node_id, forecast in found.items() if forecast is not None}


def _from_history(spec: NodeSpec, runs: Sequence[Run]) -> NodeForecast | None:
    parts = [part for run in runs if _is_same(spec, run) and (part := _part(spec.id, run))]
    if not parts:
        return None
    costs = [totals.list_cost_usd for _, totals in parts if totals.calls]
    # An answer from the cache says what it would cost, and nothing of how long it would take.
    times = [span.latency_s for span, totals in parts if not totals.cached_calls]
    return NodeForecast(
        cost_usd=median(costs) if costs else None,
        latency_s=median(times) if times else None,
        source=f"history n={len(parts)}",
    )


def _is_same(spec: NodeSpec, run: Run) -> bool:
    """Says whether the node was configured then as it is now."""
    place = {"title": "", "position": None}
    then = (old for old in run.pipeline.nodes if old.id == spec.id)
    return any(old.model_copy(update=place) == spec.model_copy(update=place) for old in then)


def _part(node_id: str, run: Run) -> tuple[Span, Totals] | None:
    """Returns the span of a node that really ran, and what it and everything inside it used."""
    span = next((span for span in run.spans if span.node_id == node_id), None)
    if span is None or span.status != "done" or span.reused or span.pinned:
        return None
    inside = (other.totals for other in run.spans if other.node_id.startswith(f"{node_id}/"))
    return span, sum(inside, span.totals)


def _declared(spec: NodeSpec, catalogue: Catalogue) -> NodeForecast | None:
    try:
        entries = [catalogue.entry(name) for name in build_node(spec).model_names()]
    except (KeyError, ValidationError, ConfigurationError):
        return None
    if not entries or any(entry.price is None for entry in entries):
        return None
    source = f"declared: {TYPICAL.input_tokens} tokens in, {TYPICAL.output_tokens} out"
    return NodeForecast(cost_usd=sum(entry.cost_usd(TYPICAL) for entry in entries), latency_s=None, source=source)

"""Says of every router whether it earns what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from pipelines.estimate.draw import Bools, Floats
from pipelines.estimate.join import Trace
from pipelines.estimate.record import BreakEven, Way
from pipelines.estimate.route import mean_where, share_of

ALIKE: Final = 0.9
"""Ways that cost nearly the same are not worth a router's word about money."""


def break_evens(traces: Sequence[Trace]) -> tuple[BreakEven, ...]:
    """Returns the routers whose ways differ in cost; those with an unknown price behind them are left out.

    Source: routing pays if c_router + q * c_dear + (1 - q) * c_cheap < c_dear, the condition behind FrugalGPT (Chen et
    al., 2023, section 3); for a cascade the cheap answer is the router, and accepting it costs nothing further.
    """
    found = []
    for trace in traces:
        if not trace.route.decides or not trace.ran.any():
            continue
        behind = _behind(trace, traces)
        if trace.work.unpriced or any(other.work.unpriced and other.ran.any() for other in behind):
            continue
        beyond = sum((other.work.cost_usd * other.ran for other in behind), np.zeros(trace.ran.shape))
        known = _break_even(trace, beyond)
        if known is not None:
            found.append(known)
    return tuple(found)


def _behind(trace: Trace, traces: Sequence[Trace]) -> list[Trace]:
    """Returns the nodes that a path leads to from this one; traces are in the order of the walk."""
    reached = {trace.step.spec.id}
    found = []
    for other in traces[trace.place + 1 :]:
        if any(edge.source in reached for inlet in other.step.inlets for edge in inlet.edges):
            reached.add(other.step.spec.id)
            found.append(other)
    return found


def _break_even(trace: Trace, beyond: Floats) -> BreakEven | None:
    masks = {name: mask for name, mask in _ways(trace).items() if (mask & trace.ran).any()}
    ways = tuple(
        Way(name=name, share=share_of(mask, trace.ran), cost_usd=mean_where(beyond, mask & trace.ran))
        for name, mask in masks.items()
    )
    if len(ways) < 2 or min(way.cost_usd for way in ways) >= ALIKE * max(way.cost_usd for way in ways):
        return None
    router_usd = mean_where(trace.work.cost_usd, trace.ran)
    routed_usd = router_usd + mean_where(beyond, trace.ran)
    dear = max(ways, key=lambda way: way.cost_usd)
    others = [way for way in ways if way is not dear]
    weight = sum(way.share for way in others)
    rest_usd = sum(way.share * way.cost_usd for way in others) / weight
    limit = 1.0 - router_usd / (dear.cost_usd - rest_usd) if dear.cost_usd > rest_usd else 0.0
    return BreakEven(
        node_id=trace.step.spec.id,
        router_usd=router_usd,
        ways=ways,
        routed_usd=routed_usd,
        dearest_usd=dear.cost_usd,
        pays=routed_usd < dear.cost_usd,
        break_even_share=limit if limit > 0.0 else None,
        sentence=_sentence(trace.step.title, dear, routed_usd, limit),
    )


def _ways(trace: Trace) -> Mapping[str, Bools]:
    if trace.route.chosen is not None:
        return {model: trace.route.chosen == place for place, model in enumerate(trace.route.models)}
    ports = [port.name for port in trace.step.node.output_ports() if port.required]
    return {name: trace.route.fired[name] for name in ports if name in trace.route.fired}


def _sentence(title: str, dear: Way, routed_usd: float, limit: float) -> str:
    always = f"always taking '{dear.name}' costs {dear.cost_usd:.3g} USD a question"
    if limit <= 0.0:
        return f"'{title}' cannot pay: it costs more than it can save; {always}, with it {routed_usd:.3g} USD."
    verdict = "pays" if routed_usd < dear.cost_usd else "does not pay"
    return (
        f"'{title}' {verdict}: {always}, with it {routed_usd:.3g} USD; "
        f"it pays while '{dear.name}' is taken for less than {limit:.0%} of the questions (now {dear.share:.0%})."
    )

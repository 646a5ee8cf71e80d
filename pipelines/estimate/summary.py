"""Turns the draws of a walk into the numbers of an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipelines.estimate.break_even import break_evens
from pipelines.estimate.draw import Bools, Floats
from pipelines.estimate.join import Trace
from pipelines.estimate.record import ContenderEstimate, NodeEstimate, Range
from pipelines.estimate.walk import Walked, critical_path, critical_shares

POINTS: Final = np.array((0.05, 0.5, 0.95))
RARE: Final = 0.01
ENOUGH_DRAWS: Final = 8_000
"""So many draws tell a quantile well enough."""
WELL_KNOWN: Final = 0.5


def range_of(values: Floats) -> Range:
    """Returns mean, median and 90 % interval of draws of any shape."""
    step = max(1, values.size // ENOUGH_DRAWS)
    # What np.quantile gives, at a fifth of its time: a pipeline of a hundred nodes asks for four hundred.
    ordered = np.sort(values.ravel()[::step])
    p05, p50, p95 = (float(value) for value in np.interp(POINTS * (ordered.size - 1), np.arange(ordered.size), ordered))
    return Range(mean=float(values.mean()), p05=p05, p50=p50, p95=p95)


def totals_of(values: Floats, rows: int) -> Floats:
    """Returns the sum over `rows` rows in every world, an array (worlds,), from draws (worlds, drawn rows).

    Where fewer rows were drawn than there are, luck averages out further than in the draws; what is unknown does not.
    """
    drawn = values.shape[1]
    if rows <= drawn:
        return np.asarray(values[:, :rows].sum(axis=1))
    means = values.mean(axis=1)
    spread = float(means.var())
    luck = float(values.var(axis=1, ddof=1).mean())
    wanted = max(spread - luck / drawn, 0.0) + luck / rows
    factor = np.sqrt(wanted / spread) if spread > 0.0 else 1.0
    return np.asarray(rows * (means.mean() + (means - means.mean()) * factor))


def contender_estimate(label: str, rows: int, walked: Walked) -> ContenderEstimate:
    """Returns what is estimated of one pipeline."""
    masks = critical_shares(walked)
    path = critical_path(walked)
    mean_usd, mean_s = float(walked.cost_usd.mean()), float(walked.latency_s.mean())
    nodes = tuple(
        _node(trace, masks[trace.step.spec.id], trace.step.spec.id in path, mean_usd, mean_s) for trace in walked.traces
    )
    unpriced = walked.unpriced
    totals = totals_of(walked.cost_usd, rows)
    basis = _basis(walked.traces, masks)
    return ContenderEstimate(
        label=label,
        rows=rows,
        nodes=nodes,
        row_cost_usd=None if unpriced else range_of(walked.cost_usd),
        total_cost_usd=None if unpriced else range_of(totals),
        at_least_usd=float(totals.mean()),
        row_latency_s=range_of(walked.latency_s),
        critical_path=path,
        routers=break_evens(walked.traces),
        unpriced=unpriced,
        notional=any(trace.work.notional and bool(trace.ran.any()) for trace in walked.traces),
        basis=basis,
        notes=_notes(unpriced, float(totals.mean()), basis),
    )


def _node(trace: Trace, critical: Bools, on_path: bool, mean_usd: float, mean_s: float) -> NodeEstimate:
    work = trace.work
    active = float(trace.ran.mean())
    where = trace.ran if active > RARE else np.ones_like(trace.ran)
    asks = bool(work.token_source)
    time_s = float((work.latency_s * (critical & trace.ran)).mean())
    return NodeEstimate(
        node_id=trace.step.spec.id,
        title=trace.step.title,
        active=active,
        input_tokens=range_of(work.input_tokens[where]) if asks else None,
        output_tokens=range_of(work.output_tokens[where]) if asks else None,
        cost_usd=None if work.unpriced else range_of(work.cost_usd[where]),
        latency_s=range_of(work.latency_s[where]),
        token_source=work.token_source,
        latency_source=work.latency_source,
        active_source=trace.route.source,
        unpriced=work.unpriced,
        cost_share=_share(float((work.cost_usd * trace.ran).mean()), mean_usd),
        time_share=_share(time_s, mean_s),
        critical_share=float(critical.mean()),
        critical=on_path,
    )


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0.0 else 0.0


def _basis(traces: Sequence[Trace], masks: dict[str, Bools]) -> float:
    """Returns the part of the mean cost, or of the mean time where nothing costs, that comes from past runs."""
    usd = [float((trace.work.cost_usd * trace.ran).mean()) for trace in traces]
    critical = [masks[trace.step.spec.id] & trace.ran for trace in traces]
    time_s = [float((t.work.latency_s * mask).mean()) for t, mask in zip(traces, critical, strict=True)]
    weights = usd if sum(usd) > 0.0 else time_s
    known = sum(weight for trace, weight in zip(traces, weights, strict=True) if trace.work.from_history)
    return _share(known, sum(weights))


def _notes(unpriced: Sequence[str], known_usd: float, basis: float) -> tuple[str, ...]:
    notes = []
    if unpriced:
        who = ", ".join(unpriced)
        notes.append(f"The price of {who} is unknown, so the total is unknown too: at least {known_usd:.3g} USD.")
    if basis < WELL_KNOWN:
        notes.append("Most of this is assumed, not measured; run a few examples first and it becomes much surer.")
    return tuple(notes)

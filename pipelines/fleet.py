"""Says what many runs did together at each node and along each edge of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean, median
from typing import Annotated, NamedTuple

from pydantic import Field

from pipelines.document import Edge, Pipeline
from pipelines.record import Record
from pipelines.run import Run, Span, Totals

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class BatchEdge(Record):
    """Is what a batch sent along an edge.

    Attributes:
        share: the part of all rows that crossed it.
        cost_usd: what these rows cost from their beginning to their end, together.
        accuracy: the mean score of these rows.
    """

    share: Share
    cost_usd: float | None = None
    accuracy: Share | None = None


class BatchNode(Record):
    """Is what a batch did at one node; None where nothing is known.

    Attributes:
        cost_usd: what its calls cost, together.
        latency_s: the median of the rows in which it really ran.
        error_rate: how often it failed where it was reached.
        accuracy: the mean score of the rows that passed it.
    """

    cost_usd: float | None = None
    latency_s: float | None = None
    error_rate: Share | None = None
    accuracy: Share | None = None


class Batch(Record):
    """Is a batch of `rows` laid over a pipeline; edges are named as `str(Edge)` names them.

    Costs are those of the price list, so that an answer from the cache does not look like a saving; they are `notional`
    as soon as a part of them is made up for charts.
    """

    title: str = ""
    rows: int = Field(default=0, ge=0)
    notional: bool = False
    edges: dict[str, BatchEdge] = Field(default_factory=dict)
    nodes: dict[str, BatchNode] = Field(default_factory=dict)


class _Row(NamedTuple):
    spans: Mapping[str, Span]
    spent: Mapping[str, Totals]
    cost_usd: float
    score: float | None


def fleet(
    pipeline: Pipeline, runs: Iterable[Run], scores: Mapping[str, float] | None = None, *, title: str = ""
) -> Batch:
    """Returns what these runs did together on this pipeline; `scores` are in [0, 1], by run id.

    A run counts as a row wherever it went, also where its pipeline looked otherwise: see `is_comparable`. Accuracies
    are means over the rows that have a score.
    """
    rows = [_row(run, (scores or {}).get(run.id)) for run in runs]
    nodes = {spec.id: found for spec in pipeline.nodes if (found := _node(spec.id, rows)) is not None}
    return Batch(
        title=title,
        rows=len(rows),
        notional=any(totals.notional for row in rows for totals in row.spent.values()),
        edges={str(edge): _edge(edge, rows) for edge in pipeline.edges} if rows else {},
        nodes=nodes,
    )


def is_comparable(pipeline: Pipeline, run: Run) -> bool:
    """Says whether a run went the whole way through a pipeline of the same structure: nodes by id and kind, and edges.

    Configurations may differ. A run that a person stopped, or that was to end early, says nothing of the shares.
    """
    whole = run.status not in ("running", "cancelled") and run.settings.to_node is None
    return whole and structure(run.pipeline) == structure(pipeline)


def structure(pipeline: Pipeline) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Returns what two pipelines must share for their runs to be drawn together: nodes by id and kind, and edges."""
    return frozenset((spec.id, spec.kind) for spec in pipeline.nodes), frozenset(str(edge) for edge in pipeline.edges)


def _row(run: Run, score: float | None) -> _Row:
    spent: dict[str, Totals] = {}
    for span in run.spans:
        outer = span.node_id.partition("/")[0]
        spent[outer] = spent.get(outer, Totals()) + span.totals
    spans = {span.node_id: span for span in run.spans if "/" not in span.node_id}
    return _Row(spans, spent, run.totals.list_cost_usd, score)


def _node(node_id: str, rows: Iterable[_Row]) -> BatchNode | None:
    """Returns what the rows did at a node, or None if none of them reached it."""
    met = [(row, row.spans[node_id]) for row in rows if node_id in row.spans]
    ended = [(row, span) for row, span in met if span.status in ("done", "failed")]
    if not ended:
        return None
    done = [(row, span) for row, span in ended if span.status == "done"]
    spent = [row.spent[node_id] for row, _ in ended]
    return BatchNode(
        cost_usd=sum(totals.list_cost_usd for totals in spent) if any(totals.calls for totals in spent) else None,
        latency_s=_latency(node_id, done),
        error_rate=1 - len(done) / len(ended),
        accuracy=_mean(row.score for row, _ in done),
    )


def _latency(node_id: str, done: Iterable[tuple[_Row, Span]]) -> float | None:
    """Returns the median time of the rows that executed the node, without the cache as far as there are any."""
    worked = [(row, span) for row, span in done if not (span.reused or span.pinned or span.bypassed)]
    ran = [(row.spent[node_id], span.latency_s) for row, span in worked]
    times = [latency_s for totals, latency_s in ran if not totals.cached_calls] or [latency_s for _, latency_s in ran]
    return median(times) if times else None


def _edge(edge: Edge, rows: list[_Row]) -> BatchEdge:
    crossed = [row for row in rows if _fires(row.spans.get(edge.source), edge.source_port)]
    return BatchEdge(
        share=len(crossed) / len(rows),
        cost_usd=sum(row.cost_usd for row in crossed) if crossed else None,
        accuracy=_mean(row.score for row in crossed),
    )


def _fires(span: Span | None, port: str) -> bool:
    return span is not None and span.status == "done" and span.fired is not None and port in span.fired.ports


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return fmean(known) if known else None

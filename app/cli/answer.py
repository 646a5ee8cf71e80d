"""What `routeloom run --json` answers: the shape that scripts depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from pipelines.record import Record
from pipelines.run import Run, RunStatus, Span, Totals


class SpanAnswer(Record):
    """Is one node's part of the run.

    Attributes:
        fired: names of the output ports that fired.
        scores: the router's score of each branch or model.
    """

    node: str
    kind: str
    title: str
    status: str
    start_s: float
    latency_s: float
    cost_usd: float
    list_cost_usd: float
    notional: bool
    calls: int
    cached_calls: int
    input_tokens: int
    output_tokens: int
    fired: tuple[str, ...]
    scores: dict[str, float]
    threshold: float | None
    reason: str
    reused: bool
    error_kind: str | None
    error: str | None


class RunAnswer(Record):
    """Is a finished run.

    Attributes:
        run: id of the run, for `--resume` and `runs show`.
        answer: text of the answer, None where none came out.
        cost_usd: what was paid now; answers from the cache and the journal cost nothing.
        list_cost_usd: what the answers cost at list price.
        notional: a part of the costs is made up for charts, nobody sends a bill.
    """

    run: str
    pipeline: str
    query: str
    status: RunStatus
    answer: str | None
    refused: bool = False
    data: Any | None = Field(default=None, description="The parsed JSON where the answering node asked for a schema.")
    error: str | None
    cost_usd: float
    list_cost_usd: float
    notional: bool
    latency_s: float
    input_tokens: int
    output_tokens: int
    calls: int
    cached_calls: int
    spans: tuple[SpanAnswer, ...]


class BatchAnswer(Record):
    """Is what became of several questions; `not_run` counts those that the budget left no room for."""

    status: RunStatus
    cost_usd: float
    list_cost_usd: float
    calls: int
    not_run: int
    runs: tuple[RunAnswer, ...]


def run_answer(run: Run) -> RunAnswer:
    """Returns the answer of a run."""
    return RunAnswer(
        run=run.id,
        pipeline=run.pipeline.name,
        query=run.query.text,
        status=run.status,
        answer=run.answer.text if run.answer else None,
        refused=run.answer.refused if run.answer else False,
        data=run.answer.data if run.answer else None,
        error=run.error,
        latency_s=run.latency_s,
        spans=tuple(_span_answer(span) for span in run.spans),
        **_figures(run.totals),
    )


def batch_answer(runs: Sequence[Run], not_run: int) -> BatchAnswer:
    """Returns the answer of several runs; its status is `done` or that of the first run that is not."""
    totals = sum((run.totals for run in runs), Totals())
    return BatchAnswer(
        status=batch_status(runs),
        cost_usd=totals.cost_usd,
        list_cost_usd=totals.list_cost_usd,
        calls=totals.calls,
        not_run=not_run,
        runs=tuple(run_answer(run) for run in runs),
    )


def batch_status(runs: Sequence[Run]) -> RunStatus:
    """Returns `done`, or the status of the first run that is not."""
    return next((run.status for run in runs if run.status != "done"), "done")


def _span_answer(span: Span) -> SpanAnswer:
    decision = span.fired.decision if span.fired else None
    return SpanAnswer(
        node=span.node_id,
        kind=span.kind,
        title=span.title,
        status=span.status,
        start_s=span.start_s,
        latency_s=span.latency_s,
        fired=tuple(span.fired.ports) if span.fired else (),
        scores=decision.scores if decision else {},
        threshold=decision.threshold if decision else None,
        reason=span.reason,
        reused=span.reused,
        error_kind=span.error_kind,
        error=span.error,
        **_figures(span.totals),
    )


def _figures(totals: Totals) -> dict[str, Any]:
    return totals.model_dump()

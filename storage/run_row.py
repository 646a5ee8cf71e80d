"""Turns runs, spans and calls into rows of their tables."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.chat import Call
from pipelines.document import Pipeline
from pipelines.run import Run, Span
from storage.codec import bounded, dump

Row = dict[str, Any]
PREVIEW_CHARACTERS = 200
LARGEST_MEMORY = 64


class Snapshots:
    """Turns a pipeline into its snapshot row, once for the many runs of a batch that share the object."""

    def __init__(self) -> None:
        """Starts empty."""
        self._rows: dict[int, tuple[Pipeline, Row]] = {}

    def row(self, pipeline: Pipeline) -> Row:
        """Returns the row: the JSON of the pipeline and its SHA-256."""
        # The pipeline is kept beside its row, so that its id cannot pass to another one.
        found = self._rows.get(id(pipeline))
        if found is not None:
            return found[1]
        document = dump(pipeline)
        row = {"sha256": hashlib.sha256(document.encode()).hexdigest(), "document": document}
        if len(self._rows) >= LARGEST_MEMORY:
            self._rows.clear()
        self._rows[id(pipeline)] = (pipeline, row)
        return row


def run_row(run: Run, pipeline_sha256: str) -> Row:
    """Returns the row of a run; its pipeline and spans lie in tables of their own."""
    return {
        "id": run.id,
        "workflow": run.workflow,
        "version": run.version,
        "experiment": run.experiment,
        "pipeline_name": run.pipeline.name,
        "pipeline_sha256": pipeline_sha256,
        "question": run.query.text[:PREVIEW_CHARACTERS],
        "answer": None if run.answer is None else run.answer.text[:PREVIEW_CHARACTERS],
        "error": None if run.error is None else run.error[:PREVIEW_CHARACTERS],
        "status": run.status,
        "calls": bounded(run.totals.calls),
        "cost_usd": run.totals.cost_usd,
        "list_cost_usd": run.totals.list_cost_usd,
        "notional": run.totals.notional,
        "input_tokens": bounded(run.totals.input_tokens),
        "output_tokens": bounded(run.totals.output_tokens),
        "latency_s": run.latency_s,
        "started_at": run.started_at,
        "record": dump(run, exclude={"pipeline", "spans"}),
    }


def span_row(run_id: str, span: Span) -> Row:
    """Returns the row of a span."""
    return {
        "run_id": run_id,
        "node_id": span.node_id,
        "kind": span.kind,
        "status": span.status,
        "cost_usd": span.totals.cost_usd,
        "latency_s": span.latency_s,
        "record": dump(span),
    }


def call_row(call: Call) -> Row:
    """Returns the row of a call; tokens are those of its reply."""
    usage = call.reply.usage if call.reply else None
    return {
        "id": call.id,
        "run_id": call.run_id,
        "node_id": call.node_id,
        "key": call.key,
        "answered": call.reply is not None,
        "model": call.model,
        "source": call.source,
        "cost_usd": call.cost_usd,
        "list_cost_usd": call.list_cost_usd,
        "input_tokens": bounded(usage.input_tokens) if usage else 0,
        "output_tokens": bounded(usage.output_tokens) if usage else 0,
        "latency_s": call.latency_s,
        "error_kind": call.error_kind,
        "started_at": call.started_at,
        "record": dump(call),
    }

"""The one typed stream that the canvas, the trace, the command line and the tests read while a pipeline runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from pipelines.record import Record
from pipelines.run import Run, Span, Totals


class RunStarted(Record):
    """Opens the stream."""

    type: Literal["run_started"] = "run_started"
    run_id: str
    nodes: tuple[str, ...]


class NodeStarted(Record):
    """Says that the inputs of a node are there and it begins."""

    type: Literal["node_started"] = "node_started"
    node_id: str
    at_s: float


class TokenArrived(Record):
    """Carries a piece of the answer that a node is writing."""

    type: Literal["token"] = "token"
    node_id: str
    text: str


class CallFinished(Record):
    """Says that a call of a node came back, with what the run has used until now."""

    type: Literal["call"] = "call"
    node_id: str
    model: str
    call_id: str
    run_totals: Totals


class NodeFinished(Record):
    """Closes a node: done, skipped, failed, blocked, budget or cancelled, with all that is known of it."""

    type: Literal["node_finished"] = "node_finished"
    span: Span


class RunFinished(Record):
    """Closes the stream."""

    type: Literal["run_finished"] = "run_finished"
    run: Run


AnyEvent = RunStarted | NodeStarted | TokenArrived | CallFinished | NodeFinished | RunFinished
Event = Annotated[AnyEvent, Field(discriminator="type")]
EventSink = Callable[[AnyEvent], None]

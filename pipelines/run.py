"""A run and its spans: what happened when a pipeline met a query, and what an engine is told before it starts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import uuid4

from pydantic import Field

from pipelines.chat import Seconds, Tokens, Usd
from pipelines.document import Pipeline
from pipelines.record import Record, now
from pipelines.value import Answer, AnyValue, Query

NodeStatus = Literal["queued", "running", "done", "skipped", "failed", "blocked", "budget", "cancelled"]
"""`skipped`: nothing reached the node, or it is disabled. `blocked`: something that it needs failed. `budget`: its next
call would have exceeded the budget."""
RunStatus = Literal["running", "done", "failed", "budget", "cancelled", "no_answer"]


class Decision(Record):
    """Says how a node chose between its ports.

    Attributes:
        scores: a number for each branch (or model), higher is better.
        threshold: the score a branch had to reach, where there is one.
        reason: one short line for a person.
    """

    scores: dict[str, float] = Field(default_factory=dict)
    threshold: float | None = None
    reason: str = ""


class Fired(Record):
    """Is what a node returns: a value for each port that fires; a port that is absent stays silent."""

    ports: dict[str, AnyValue] = Field(default_factory=dict)
    decision: Decision | None = None


class Budget(Record):
    """Limits a run; None is no limit. A call that would exceed a limit is not made."""

    usd: float | None = Field(default=None, ge=0.0)
    seconds: float | None = Field(default=None, gt=0.0)
    calls: int | None = Field(default=None, ge=0)


class RunSettings(Record):
    """Says how a pipeline is run.

    Attributes:
        model: the default model of this run, for every node without one of its own; None takes the catalogue's.
        seed: the same seed, pipeline and query give the same run, as far as the models allow.
        cache: whether answers bought earlier may be used again.
        node_timeout_s: longest time for one node.
        to_node: the run ends with this node, and only what leads to it runs; None runs the whole pipeline.
    """

    model: str | None = None
    seed: int = 0
    budget: Budget = Budget()
    cache: bool = True
    node_timeout_s: float = Field(default=600.0, gt=0.0, le=86_400.0)
    to_node: str | None = None


class Totals(Record):
    """Adds up calls: paid and list cost, tokens, how many were answered from the cache."""

    calls: int = Field(default=0, ge=0)
    cached_calls: int = Field(default=0, ge=0)
    cost_usd: Usd = 0.0
    list_cost_usd: Usd = 0.0
    notional: bool = False
    input_tokens: Tokens = 0
    output_tokens: Tokens = 0

    def __add__(self, other: Totals) -> Totals:
        """Returns the sum; it is notional as soon as a part is."""
        return Totals(
            calls=self.calls + other.calls,
            cached_calls=self.cached_calls + other.cached_calls,
            cost_usd=self.cost_usd + other.cost_usd,
            list_cost_usd=self.list_cost_usd + other.list_cost_usd,
            notional=self.notional or other.notional,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


class Span(Record):
    """Is one node's part of a run.

    Attributes:
        node_id: the node; inside a sub-pipeline `outer/inner`.
        start_s: seconds after the start of the run.
        inputs: the outputs that arrived, by input port, each as `node.port`; their values are in those nodes' spans.
        models: the models that were asked, in the order of their first answers.
        reused: the outputs come from an earlier run, nothing was executed.
        bypassed: the node passed on what came in, nothing was executed.
    """

    node_id: str
    kind: str
    title: str = ""
    status: NodeStatus
    start_s: Seconds = 0.0
    latency_s: Seconds = 0.0
    totals: Totals = Totals()
    models: tuple[str, ...] = ()
    inputs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    fired: Fired | None = None
    reused: bool = False
    pinned: bool = False
    bypassed: bool = False
    reason: str = ""
    error_kind: str | None = None
    error: str | None = None


class Run(Record):
    """Is one execution of a pipeline on one query, complete enough to be resumed or repeated.

    Attributes:
        workflow: slug of the saved workflow it came from, with `version`, or None for an unsaved pipeline.
        parent_id: the run whose upstream outputs were reused.
        experiment: id of the experiment that the run is a row of; lists of runs leave it out.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    pipeline: Pipeline
    query: Query
    settings: RunSettings = RunSettings()
    workflow: str | None = None
    version: int | None = None
    parent_id: str | None = None
    experiment: str | None = None
    status: RunStatus = "running"
    answer: Answer | None = None
    error: str | None = None
    spans: tuple[Span, ...] = ()
    totals: Totals = Totals()
    latency_s: Seconds = 0.0
    started_at: datetime = Field(default_factory=now)

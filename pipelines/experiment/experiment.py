"""An experiment and its rows: any number of pipelines on the same examples, under the same settings."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from pydantic import Field

from pipelines.chat import Seconds, Tokens, Usd
from pipelines.document import Pipeline
from pipelines.record import Record, now
from pipelines.run import RunStatus
from pipelines.scorer import Score
from pipelines.value import Probability

ExperimentStatus = Literal["new", "running", "paused", "done", "cancelled", "budget", "failed"]
"""`failed`: the experiment itself could not go on (a full disk); `error` says why. Failed rows do not make it so."""
RowStatus = Literal["waiting", "done", "failed", "budget", "cancelled", "no_answer"]


class Contender(Record):
    """Is one of the pipelines that are compared.

    Attributes:
        label: unique in the experiment; what charts and tables call it.
        workflow: slug it came from, with `version`, or None for a file.
    """

    label: str = Field(min_length=1, max_length=100)
    pipeline: Pipeline
    workflow: str | None = None
    version: int | None = None


class ExperimentSettings(Record):
    """Says how the rows are run.

    Attributes:
        model: default model of every node without one of its own.
        repeats: how often each example meets each pipeline, each time with another seed.
        concurrency: how many rows at a time.
        budget_usd: most that all rows together may cost, judges included; reserved before each call.
        row_budget_usd: most that one row may cost.
        row_timeout_s: longest time for one row.
    """

    model: str | None = None
    seed: int = Field(default=0, ge=0, le=2_147_483_647)
    repeats: int = Field(default=1, ge=1, le=100)
    concurrency: int = Field(default=16, ge=1, le=1_024)
    cache: bool = True
    budget_usd: float | None = Field(default=None, ge=0.0)
    row_budget_usd: float | None = Field(default=None, ge=0.0)
    row_timeout_s: float = Field(default=600.0, gt=0.0, le=86_400.0)


class Experiment(Record):
    """Is pipelines x data set x settings; the rows are stored apart.

    Attributes:
        data_set: name of the stored data set, with `data_version` and `data_hash`: the very rows it is run on.
        example_ids: the examples taken, in order; None takes all.
        scorers: each scorer's JSON (`kind` and its fields); the first one gives the score that charts show.
        estimate: what was predicted before it ran, so that it can be compared afterwards.
    """

    id: str = Field(default_factory=lambda: uuid4().hex[:12])
    title: str = Field(default="", max_length=200)
    contenders: tuple[Contender, ...] = Field(min_length=1, max_length=100)
    data_set: str
    data_version: int | None = None
    data_hash: str
    example_ids: tuple[str, ...] | None = None
    scorers: tuple[dict[str, Any], ...] = ()
    settings: ExperimentSettings = ExperimentSettings()
    estimate: dict[str, Any] | None = None
    status: ExperimentStatus = "new"
    error: str | None = None
    owner: str = ""
    created_at: datetime = Field(default_factory=now)


class Row(Record):
    """Is one example in one pipeline, once.

    Attributes:
        contender: place of the pipeline in the experiment, from 0.
        example: place of the example in the experiment, from 0.
        repeat: from 0.
        attempt: from 0; grows when a failed row is tried again.
        run_status: how the run ended (None while the row waits).
        scores: by the name of the scorer; a scorer that failed is absent here and present in `score_errors`.
        earlier_cost_usd: paid by the attempts before this one, judges included.
        route: the branches taken, as `node.port` in the order of the nodes, and models asked, for route shares.
    """

    contender: int = Field(ge=0)
    example: int = Field(ge=0)
    repeat: int = Field(default=0, ge=0)
    attempt: int = Field(default=0, ge=0)
    status: RowStatus = "waiting"
    run_id: str | None = None
    run_status: RunStatus | None = None
    answer: str | None = None
    confidence: Probability | None = None
    error: str | None = None
    scores: dict[str, Score] = Field(default_factory=dict)
    score_errors: dict[str, str] = Field(default_factory=dict)
    route: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    calls: int = Field(default=0, ge=0)
    cached_calls: int = Field(default=0, ge=0)
    cost_usd: Usd = 0.0
    list_cost_usd: Usd = 0.0
    judge_cost_usd: Usd = 0.0
    earlier_cost_usd: Usd = 0.0
    input_tokens: Tokens = 0
    output_tokens: Tokens = 0
    latency_s: Seconds = 0.0


def run_id_of(experiment_id: str, contender: int, example: int, repeat: int, attempt: int) -> str:
    """Returns the id of a row's run: the same after every crash, so that its journal gives back what was bought."""
    place = f"{experiment_id}/{contender}/{example}/{repeat}/{attempt}"
    return hashlib.sha256(place.encode()).hexdigest()[:32]

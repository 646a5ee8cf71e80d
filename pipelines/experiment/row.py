"""Turns a place of an experiment into a run, and the run that ended into a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, Literal

from pipelines.data.example import Example
from pipelines.error import BudgetExceeded, ModelRefusedKey, RunCancelled, StoreUnavailable
from pipelines.experiment.experiment import Experiment, Row, RowStatus, run_id_of
from pipelines.run import Budget, Run, RunSettings, Span

Trouble = Literal["store", "key", "cancelled", "budget"]
"""Why a row says nothing of its pipeline: nothing can be stored, the key is refused, a person or money stopped it."""
_KINDS: Final[dict[str, Trouble]] = {
    StoreUnavailable.__name__: "store",
    ModelRefusedKey.__name__: "key",
    RunCancelled.__name__: "cancelled",
    BudgetExceeded.__name__: "budget",
}


@dataclass(frozen=True, slots=True)
class Task:
    """Is a row to be run: where it stands, its example, and the row of an earlier attempt if there was one."""

    contender: int
    place: int
    repeat: int
    example: Example
    earlier: Row | None = None

    @property
    def attempt(self) -> int:
        """Returns which attempt it is, from 0."""
        return self.earlier.attempt if self.earlier else 0


def run_of(experiment: Experiment, task: Task) -> Run:
    """Returns the run of a row, not yet started: the same id and the same seed after every crash."""
    settings, contender = experiment.settings, experiment.contenders[task.contender]
    return Run(
        id=run_id_of(experiment.id, task.contender, task.place, task.repeat, task.attempt),
        pipeline=contender.pipeline,
        query=task.example.as_query(),
        settings=RunSettings(
            model=settings.model,
            seed=seed_of(settings.seed, task.example.id, task.repeat),
            budget=Budget(usd=settings.row_budget_usd, seconds=settings.row_timeout_s),
            cache=settings.cache,
            node_timeout_s=settings.row_timeout_s,
        ),
        workflow=contender.workflow,
        version=contender.version,
        experiment=experiment.id,
    )


def seed_of(seed: int, example_id: str, repeat: int) -> int:
    """Returns the seed of a row, 31 bits: the same for every pipeline, so that they meet equal chances."""
    digest = hashlib.sha256(f"{seed}/{example_id}/{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def row_of(task: Task, run: Run, **changes: Any) -> Row:
    """Returns the row of a run that has ended, without scores unless `changes` bring them."""
    earlier = task.earlier
    totals = run.totals
    return Row(
        contender=task.contender,
        example=task.place,
        repeat=task.repeat,
        attempt=task.attempt,
        run_id=run.id,
        run_status=run.status,
        answer=run.answer.text if run.answer else None,
        confidence=run.answer.confidence if run.answer else None,
        route=branches_of(run),
        models=tuple(dict.fromkeys(model for span in run.spans for model in span.models)),
        calls=totals.calls,
        cached_calls=totals.cached_calls,
        cost_usd=totals.cost_usd,
        list_cost_usd=totals.list_cost_usd,
        earlier_cost_usd=earlier.earlier_cost_usd if earlier else 0.0,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        latency_s=run.latency_s,
        **{"status": status_of(run), "error": run.error, **changes},
    )


def status_of(run: Run) -> RowStatus:
    """Returns the status of a row; one that ran out of its own time failed, it did not meet a budget in money."""
    if run.status == "running":
        raise AssertionError("only a run that has ended becomes a row")
    limit_s = run.settings.budget.seconds
    if run.status == "budget" and limit_s is not None and run.latency_s >= limit_s:
        return "failed"
    return run.status


def branches_of(run: Run) -> tuple[str, ...]:
    """Returns the branches that were taken, as `node.port` in the order of the nodes."""
    order = {spec.id: place for place, spec in enumerate(run.pipeline.nodes)}
    deciding = [span for span in run.spans if span.fired is not None and span.fired.decision is not None]
    deciding.sort(key=lambda span: (order.get(span.node_id.partition("/")[0], len(order)), span.node_id))
    return tuple(f"{span.node_id}.{port}" for span in deciding if span.fired for port in span.fired.ports)


def trouble_of(run: Run) -> tuple[Trouble, str] | None:
    """Returns why a run says nothing about its pipeline, with the sentence that tells it, or None.

    What met the budget may have met that of its own row; whose it was is for the purse to say.
    """
    for wanted in ("store", "key", "cancelled", "budget"):
        for span in run.spans:
            if _trouble(span) == wanted and not (wanted == "key" and run.status == "done"):
                return _trouble(span) or "store", span.error or ""
    return ("cancelled", "The run was stopped.") if run.status == "cancelled" else None


def _trouble(span: Span) -> Trouble | None:
    kind = span.error_kind or ""
    if kind in {each.__name__ for each in StoreUnavailable.__subclasses__()}:
        return "store"
    return _KINDS.get(kind)

"""Plays a pipeline row by row on a tape: the nodes themselves run, without engine, gateway and journal around them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, Final, NamedTuple

from pipelines.document import Pipeline
from pipelines.error import RouteloomError
from pipelines.experiment.row import seed_of
from pipelines.outcome.replay.tape import RowModels, Tape
from pipelines.plan import Inlet, Plan, Step, build_plan
from pipelines.run import Fired
from pipelines.service import Embedder, Extras, Models, Question
from pipelines.store import RouterLibrary
from pipelines.value import Answer, Query, Text, Value

SERVICES: Final = frozenset({Models, Extras, Question, Embedder, RouterLibrary, random.Random})


class Played(NamedTuple):
    """Is what came of one row.

    Attributes:
        answer: what left the pipeline, or None.
        asked: the columns of the models that answered, one for each call.
        route: the branches that were taken, as `node.port`.
        latency_s: of the recorded calls on the longest way to the answer.
        error: why there is no answer, where a node failed.
    """

    answer: Answer | None
    asked: tuple[int, ...]
    route: tuple[str, ...]
    latency_s: float
    error: str | None


@dataclass(slots=True)
class Ended:
    """Is how a node ended on one row."""

    fired: Fired | None = None
    failed: bool = False
    at_s: float = 0.0
    asked: list[int] = field(default_factory=list)
    error: str | None = None


def can_play(plan: Plan) -> bool:
    """Says whether a plan needs nothing of the engine: no race, no part inside, no way around a node."""
    for step in plan.steps.values():
        spec = step.spec
        raced = any(inlet.join.rule != "all_taken" and inlet.port.many for inlet in step.inlets)
        if raced or spec.disabled or spec.bypassed or spec.pinned is not None:
            return False
        if not SERVICES.issuperset(service for _, service in step.services):
            return False
    return True


def slowest(tape: Tape, row: int, columns: Sequence[int]) -> float:
    """Returns the longest recorded latency of these models on a row, in seconds; 0 where none is known."""
    known = [float(latency) for latency in tape.table.latency_s[row, list(columns)]]
    return max((latency for latency in known if not math.isnan(latency)), default=0.0)


class Player:
    """Plays one pipeline on the rows of a tape."""

    def __init__(
        self, pipeline: Pipeline, tape: Tape, *, embedder: Embedder, routers: RouterLibrary, seed: int = 0
    ) -> None:
        """Takes what all rows share."""
        plan = build_plan(pipeline)
        sources = {
            name: {edge.source for inlet in step.inlets for edge in inlet.edges} for name, step in plan.steps.items()
        }
        self._steps = [plan.steps[name] for name in TopologicalSorter(sources).static_order()]
        self._drawn = list(plan.steps.values())
        self._connected = {
            name: tuple(inlet for inlet in step.inlets if inlet.edges) for name, step in plan.steps.items()
        }
        self._tape = tape
        self._services: Mapping[type, object] = {Embedder: embedder, RouterLibrary: routers}
        self._seed = seed

    async def row(self, row: int) -> Played:
        """Returns what comes of a row."""
        ended: dict[str, Ended] = {}
        question = Question(query=Query(text=self._tape.table.queries[row]))
        for step in self._steps:
            ended[step.spec.id] = await self._end(step, ended, question, row)
        return self._played(ended)

    async def _end(self, step: Step, ended: Mapping[str, Ended], question: Question, row: int) -> Ended:
        arrivals = [(inlet, self._values(inlet, ended)) for inlet in self._connected[step.spec.id]]
        if any(ended[edge.source].failed for inlet, _ in arrivals for edge in inlet.edges):
            return Ended(failed=step.spec.on_error == "fail")
        filled = {inlet.port.name for inlet, values in arrivals if values}
        if any(inlet.port.required and inlet.port.name not in filled for inlet in step.inlets):
            return Ended()
        if arrivals and not filled:
            return Ended()
        begun_s = max((ended[e.source].at_s for inlet, values in arrivals if values for e in inlet.edges), default=0.0)
        models = RowModels(self._tape, row)
        fired, error = await self._run(step, arrivals, question, models, row)
        took_s = slowest(self._tape, row, models.asked)
        failed = fired is None and step.spec.on_error == "fail"
        return Ended(fired, failed, begun_s + took_s, models.asked, error)

    @staticmethod
    def _values(inlet: Inlet, ended: Mapping[str, Ended]) -> list[Value]:
        found: list[Value] = []
        for edge in inlet.edges:
            fired = ended[edge.source].fired
            value = fired.ports.get(edge.source_port) if fired else None
            if value is not None:
                found.append(value)
        return found

    async def _run(
        self,
        step: Step,
        arrivals: Sequence[tuple[Inlet, Sequence[Value]]],
        question: Question,
        models: RowModels,
        row: int,
    ) -> tuple[Fired | None, str | None]:
        arguments: dict[str, Any] = {}
        extras = Extras()
        for inlet, values in arrivals:
            if not values:
                continue
            if inlet.port.name not in step.declared:
                extras[inlet.port.name] = Text.of(values[0])
            elif inlet.port.many:
                arguments[inlet.port.name] = [inlet.value_type.of(value) for value in values]
            else:
                arguments[inlet.port.name] = inlet.value_type.of(values[0])
        own = {Models: models, Extras: extras, Question: question, **self._services}
        for name, service in step.services:
            arguments[name] = self._dice(step, row) if service is random.Random else own[service]
        try:
            return await step.node.run(**arguments), None
        except RouteloomError as error:
            return None, f"{step.title}: {error}"
        except Exception as error:  # noqa: BLE001  here a node step runs: whatever it raises is its failure
            return None, f"{step.title}: {type(error).__name__}: {error}"

    def _dice(self, step: Step, row: int) -> random.Random:
        seed = seed_of(self._seed, self._tape.table.ids[row], 0)
        return random.Random(f"{seed}:{step.spec.id}")  # noqa: S311  repeatable on purpose, not for secrets

    def _played(self, ended: Mapping[str, Ended]) -> Played:
        answer, at_s = None, 0.0
        route: list[str] = []
        for step in self._drawn:
            found = ended[step.spec.id]
            if found.fired is None:
                continue
            if found.fired.decision is not None:
                route += [f"{step.spec.id}.{port}" for port in found.fired.ports]
            left = found.fired.ports.get("answer") if step.node.final else None
            if answer is None and isinstance(left, Answer):
                answer, at_s = left, found.at_s
        asked = tuple(column for step in self._drawn for column in ended[step.spec.id].asked)
        error = next((found.error for found in ended.values() if found.error), None)
        return Played(answer, asked, tuple(route), at_s, None if answer else error)

"""Walks a pipeline once for all draws: what runs, what flows, what it costs and when it is done."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from pydantic import ValidationError

from pipelines.catalogue import Catalogue
from pipelines.document import NodeSpec, Pipeline
from pipelines.error import NotFound
from pipelines.estimate.draw import Bools, Dice, Floats, Ints
from pipelines.estimate.history import History
from pipelines.estimate.join import NOBODY, Arrived, Trace, arrived, overtake, start_of
from pipelines.estimate.route import OWN_MODEL, Outcome, Router
from pipelines.estimate.work import Work, Worker
from pipelines.nesting import MAX_NESTING
from pipelines.plan import Plan, Step, build_node, build_plan
from pipelines.store import PipelineLibrary
from pipelines.value import Answer, ModelChoice, Passages, Query

DOCUMENT_TOKENS: Final = 1_000.0
VERDICT_TOKENS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Questions:
    """Is what is asked, as arrays (worlds, rows).

    Attributes:
        examples: place of the example; `tokens` of its question, `document_tokens` of the documents it brings.
    """

    examples: Ints
    tokens: Floats
    document_tokens: Floats


@dataclass(frozen=True, slots=True)
class Known:
    """Is what an estimate is made from, the same for every pipeline."""

    history: History
    catalogue: Catalogue
    library: PipelineLibrary | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """Is a pipeline in every draw; cost and latency are arrays (worlds, rows), traces are in the order of the walk."""

    traces: tuple[Trace, ...]
    cost_usd: Floats
    latency_s: Floats
    last: Ints

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Returns the models without a price that may be asked."""
        return tuple(dict.fromkeys(name for t in self.traces if t.ran.any() for name in t.work.unpriced))


def walk(
    pipeline: Pipeline,
    dice: Dice,
    questions: Questions,
    known: Known,
    decisions: Mapping[str, tuple[Outcome | None, ...]],
    depth: int = 0,
) -> Walked:
    """Returns what happens in a pipeline whose nodes can all be built; nodes on a loop stay silent."""
    plan = build_plan(pipeline)
    return _Walk(plan, dice, questions, known, decisions, depth).run()


class _Walk:
    """Holds a walk on its way."""

    def __init__(
        self,
        plan: Plan,
        dice: Dice,
        questions: Questions,
        known: Known,
        decisions: Mapping[str, tuple[Outcome | None, ...]],
        depth: int,
    ) -> None:
        self._plan = plan
        self._dice = dice
        self._questions = questions
        self._known = known
        self._depth = depth
        self._worker = Worker(dice, known.history, known.catalogue, float(questions.tokens.mean()))
        self._router = Router(dice, known.history, decisions, questions.examples, known.catalogue.default)
        self._traces: dict[str, Trace] = {}

    def run(self) -> Walked:
        """Walks from the question to the answer."""
        order = [self._plan.steps[name] for name in in_order(self._plan.pipeline)]
        self._router.meet(order)
        for step in order:
            trace = self._trace(step, len(self._traces))
            self._traces[step.spec.id] = trace
            stopped = self._plan.private_ancestors.get(step.spec.id, frozenset())
            overtake(trace, [self._traces[name] for name in stopped if name in self._traces])
        traces = tuple(self._traces.values())
        cost_usd = sum((trace.work.cost_usd * trace.ran for trace in traces), np.zeros(self._dice.shape))
        ends_s = [np.where(trace.ran, trace.settled_s, 0.0) for trace in traces]
        latency_s = np.max([np.zeros(self._dice.shape), *ends_s], axis=0)
        last = np.zeros(self._dice.shape, dtype=np.int64)
        # Of those that end together the latest in the order counts: the answer, not the question.
        for place, end_s in enumerate(ends_s):
            last[end_s == latency_s] = place
        return Walked(traces, cost_usd, latency_s, last)

    def _trace(self, step: Step, place: int) -> Trace:
        arrivals = [arrived(inlet, self._traces) for inlet in step.inlets if inlet.edges]
        start = start_of(step, arrivals, self._dice.shape)
        works = step.spec.executes and step.spec.pinned is None
        work = self._work(step, arrivals) if works else _nothing(self._dice)
        route = self._router.route(step)
        settled_s = start.at_s + work.latency_s * start.ran
        sizes = self._sizes(step, arrivals, work, decides=route.decides)
        return Trace(place, step, work, route, start.ran, start.at_s, settled_s, start.after, sizes)

    def _work(self, step: Step, arrivals: Sequence[Arrived]) -> Work:
        arriving = sum((arrival.tokens for arrival in arrivals), np.zeros(self._dice.shape))
        references = step.node.pipeline_references()
        if references and not self._known.history.of(step.spec):
            return self._inner(references[0], arriving)
        choosers = [e.source for a in arrivals if a.inlet.port.type == ModelChoice.type_name() for e in a.inlet.edges]
        chooser = self._traces[choosers[0]] if choosers else None
        own = self._worker.work(step, arriving)
        if chooser is None or chooser.route.chosen is None:
            return own
        chosen = np.where(chooser.ran, chooser.route.chosen, OWN_MODEL)
        works = [own, *(self._worker.work(step, arriving, model) for model in chooser.route.models)]
        return _by_choice(works, chosen + 1)

    def _inner(self, reference: str, arriving: Floats) -> Work:
        """Returns what a sub-pipeline does that has not run yet: it is walked as a pipeline of its own."""
        try:
            inner = self._known.library.pipeline(reference) if self._known.library else None
        except NotFound:
            inner = None
        if inner is None or self._depth >= MAX_NESTING:
            unknown = f"the pipeline '{reference}'"
            return replace(_nothing(self._dice), unpriced=(unknown,), latency_source=f"unknown: {unknown}")
        questions = replace(self._questions, tokens=arriving)
        # Nodes inside may be called as nodes outside are, and must not share their luck.
        dice = replace(self._dice, seed=self._dice.seed ^ zlib.crc32(reference.encode()))
        walked = walk(sound_part(inner), dice, questions, self._known, {}, self._depth + 1)
        parts = [replace(trace.work, calls=trace.work.calls * trace.ran) for trace in walked.traces]
        told = tuple(dict.fromkeys(part.token_source for part in parts if part.token_source))
        final = next((trace for trace in walked.traces if trace.step.node.final), None)
        return Work(
            calls=np.ones(self._dice.shape),
            input_tokens=_sum(self._dice, [t.work.input_tokens * t.ran for t in walked.traces]),
            output_tokens=final.sizes["answer"] if final else np.zeros(self._dice.shape),
            cost_usd=walked.cost_usd,
            latency_s=walked.latency_s,
            unpriced=walked.unpriced,
            notional=any(part.notional for part in parts),
            token_source="; ".join(told),
            latency_source=f"the nodes of '{reference}'",
            from_history=any(part.from_history for part in parts),
        )

    def _sizes(self, step: Step, arrivals: Sequence[Arrived], work: Work, *, decides: bool) -> dict[str, Floats]:
        """Returns how many tokens each port carries: written by the node, or passed on by it."""
        brought = {arrival.inlet.port.type: arrival.tokens for arrival in arrivals}
        if not step.inlets:
            brought[Query.type_name()] = self._questions.tokens
        written = work.output_tokens / np.maximum(work.calls, 1.0) if np.any(work.calls) else None
        fixed = step.node.expected_output_tokens()
        sizes: dict[str, Floats] = {}
        for name, kind in step.outputs.items():
            passed = brought.get(kind)
            if kind == Passages.type_name() and passed is None:
                sizes[name] = self._document_tokens(fixed)
            elif kind in (Query.type_name(), Answer.type_name()):
                keeps = passed is not None and (decides or written is None)
                sizes[name] = passed if keeps and passed is not None else _or_nothing(written, self._dice)
            else:
                sizes[name] = np.full(self._dice.shape, 0.0 if kind == ModelChoice.type_name() else VERDICT_TOKENS)
        return sizes

    def _document_tokens(self, fixed: int | None) -> Floats:
        brought = self._questions.document_tokens
        if fixed is not None:
            return np.where(brought > 0.0, np.minimum(brought, fixed), float(fixed))
        return np.where(brought > 0.0, brought, DOCUMENT_TOKENS)


def in_order(pipeline: Pipeline) -> list[str]:
    """Returns the node ids so that each comes after everything that leads to it; those behind a loop are left out."""
    waits: dict[str, set[str]] = {spec.id: set() for spec in pipeline.nodes}
    for edge in pipeline.edges:
        waits[edge.target].add(edge.source)
    order: dict[str, None] = {}
    while ready := [name for name, sources in waits.items() if name not in order and sources <= order.keys()]:
        order |= dict.fromkeys(ready)
    return list(order)


def sound_part(pipeline: Pipeline) -> Pipeline:
    """Returns what of a pipeline can be walked: nodes that can be built and lie behind no loop, edges that fit."""
    part = _with_nodes(pipeline, {spec.id for spec in pipeline.nodes if _can_be_built(spec)})
    return _with_nodes(part, set(in_order(part)))


def _with_nodes(pipeline: Pipeline, names: set[str]) -> Pipeline:
    nodes = tuple(spec for spec in pipeline.nodes if spec.id in names)
    edges = tuple(edge for edge in pipeline.edges if edge.source in names and edge.target in names)
    return pipeline.model_copy(update={"nodes": nodes, "edges": edges})


def critical_shares(walked: Walked) -> dict[str, Bools]:
    """Returns for every node in which draws it decides how long the row takes, arrays (worlds, rows)."""
    masks = {trace.place: walked.last == trace.place for trace in walked.traces}
    for trace in reversed(walked.traces):
        mask = masks[trace.place]
        for place in np.unique(trace.after[mask]):
            if place != NOBODY:
                masks[int(place)] |= mask & (trace.after == place)
    return {trace.step.spec.id: masks[trace.place] for trace in walked.traces}


def critical_path(walked: Walked) -> tuple[str, ...]:
    """Returns the likeliest critical path, from the first node to the last."""
    if not walked.traces:
        return ()
    place = int(np.bincount(walked.last.ravel()).argmax())
    mask = walked.last == place
    path = [place]
    while True:
        before = walked.traces[place].after[mask]
        if not before.size or (before == NOBODY).all():
            return tuple(walked.traces[each].step.spec.id for each in reversed(path))
        place = int(np.bincount(before[before != NOBODY]).argmax())
        mask &= walked.traces[path[-1]].after == place
        path.append(place)


def _can_be_built(spec: NodeSpec) -> bool:
    try:
        build_node(spec)
    except (KeyError, ValidationError):
        return False
    return True


def _by_choice(works: Sequence[Work], which: Ints) -> Work:
    """Returns the work of the model that was chosen in each draw; a model that never is tells nothing."""
    taken = [place for place in range(len(works)) if (which == place).any()]
    parts = [works[place] for place in taken]

    def picked(name: str) -> Floats:
        return np.select([which == place for place in taken], [getattr(part, name) for part in parts])

    return Work(
        calls=picked("calls"),
        input_tokens=picked("input_tokens"),
        output_tokens=picked("output_tokens"),
        cost_usd=picked("cost_usd"),
        latency_s=picked("latency_s"),
        unpriced=tuple(dict.fromkeys(name for part in parts for name in part.unpriced)),
        notional=any(part.notional for part in parts),
        token_source="; ".join(dict.fromkeys(part.token_source for part in parts)),
        latency_source="; ".join(dict.fromkeys(part.latency_source for part in parts)),
        from_history=all(part.from_history for part in parts),
    )


def _nothing(dice: Dice) -> Work:
    nothing = np.zeros(dice.shape)
    return Work(nothing, nothing, nothing, nothing, nothing)


def _or_nothing(values: Floats | None, dice: Dice) -> Floats:
    return np.zeros(dice.shape) if values is None else values


def _sum(dice: Dice, parts: Sequence[Floats]) -> Floats:
    return sum(parts, np.zeros(dice.shape))

"""Tries the routers of pipelines on examples beforehand, as far as they decide without asking a model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from pipelines.data.example import Example
from pipelines.document import NodeSpec, Pipeline
from pipelines.engine import Engine
from pipelines.error import ConfigurationError, PipelineInvalid
from pipelines.estimate.route import Decisions, Outcome, decides
from pipelines.estimate.walk import in_order, sound_part
from pipelines.experiment.experiment import Contender, ExperimentSettings
from pipelines.plan import Step, build_plan
from pipelines.run import Budget, Run, RunSettings
from pipelines.store import MemoryStore
from pipelines.value import ModelChoice

MOST_EXAMPLES: Final = 200
AT_ONCE: Final = 16


async def dry_run(
    contenders: Sequence[Contender],
    examples: Sequence[Example],
    engine: Engine,
    settings: ExperimentSettings | None = None,
    *,
    most: int = MOST_EXAMPLES,
) -> Decisions:
    """Returns how the routers decide on the first examples; nothing is paid, and nothing of it is remembered.

    A router counts if neither it nor anything before it asks a model; the others stay unknown.
    """
    chosen = settings or ExperimentSettings()
    asked = examples[:most]
    trial = engine.with_store(MemoryStore())
    outcomes = {}
    for contender in contenders:
        part, routers = _free_part(contender.pipeline)
        if routers and asked:
            outcomes[contender.label] = await _tried(part, routers, asked, trial, chosen)
    return Decisions(len(asked) if outcomes else 0, outcomes)


def _free_part(pipeline: Pipeline) -> tuple[Pipeline, tuple[Step, ...]]:
    """Returns the pipeline with everything switched off that would ask a model, and the routers that are left."""
    free: set[str] = set()
    routers: list[Step] = []
    part = sound_part(pipeline)
    steps = build_plan(part).steps
    for step in (steps[name] for name in in_order(part)):
        asks = step.spec.executes and step.spec.pinned is None and _asks(step)
        if not asks and all(edge.source in free for inlet in step.inlets for edge in inlet.edges):
            free.add(step.spec.id)
            routers += [step] if decides(step) else []
        elif step.node.final:
            free.add(step.spec.id)
    nodes = tuple(spec if spec.id in free else _switched_off(spec) for spec in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes}), tuple(routers)


def _asks(step: Step) -> bool:
    return bool(step.node.expected_calls() or step.node.pipeline_references())


def _switched_off(spec: NodeSpec) -> NodeSpec:
    return spec.model_copy(update={"disabled": True, "bypassed": False, "pinned": None})


async def _tried(
    part: Pipeline, routers: Sequence[Step], examples: Sequence[Example], engine: Engine, settings: ExperimentSettings
) -> dict[str, tuple[Outcome | None, ...]]:
    places = asyncio.Semaphore(AT_ONCE)
    # No call is foreseen; the budget sees to it that none is made.
    run_settings = RunSettings(model=settings.model, seed=settings.seed, budget=Budget(calls=0))

    async def one(example: Example) -> Run | None:
        async with places:
            try:
                return await engine.run(Run(pipeline=part, query=example.as_query(), settings=run_settings))
            except (PipelineInvalid, ConfigurationError):
                return None

    runs = await asyncio.gather(*(one(example) for example in examples))
    return {step.spec.id: tuple(_outcome(step, run) for run in runs) for step in routers}


def _outcome(step: Step, run: Run | None) -> Outcome | None:
    span = next((span for span in run.spans if span.node_id == step.spec.id), None) if run else None
    if span is None or span.status != "done" or span.fired is None:
        return None
    side = {port.name for port in step.node.output_ports() if not port.required}
    chosen = next((value.model for value in span.fired.ports.values() if isinstance(value, ModelChoice)), None)
    return Outcome(tuple(port for port in span.fired.ports if port not in side), chosen)

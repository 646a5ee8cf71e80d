"""Replays any number of pipelines on an outcome table, as the results of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
from pydantic import ValidationError

from pipelines.catalogue import Catalogue
from pipelines.document import Pipeline
from pipelines.error import ConfigurationError
from pipelines.experiment.results import STATUSES, ExampleColumns, Results
from pipelines.graph import require_valid
from pipelines.outcome.replay.exact import Library, play_exactly
from pipelines.outcome.replay.foresight import ForeseenEmbedder, foresee
from pipelines.outcome.replay.inline import aside
from pipelines.outcome.replay.play import Played, Player, can_play
from pipelines.outcome.replay.tape import Tape
from pipelines.outcome.table import OutcomeTable
from pipelines.plan import Plan, build_node, build_plan
from pipelines.prompted_node import PromptedNode
from pipelines.service import Embedder
from pipelines.store import MemoryLibrary
from pipelines.value import VALUE_TYPES, Answer, ModelChoice

Way = Literal["auto", "fast", "exact"]
QUESTION: Final = "{query}"
_FIELDS: Final = ("input_tokens", "output_tokens", "cost_usd")


async def replay(
    pipelines: Mapping[str, Pipeline],
    table: OutcomeTable,
    *,
    embedder: Embedder,
    library: Library | None = None,
    known: Catalogue | None = None,
    aliases: Mapping[str, str] | None = None,
    default: str | None = None,
    seed: int = 0,
    way: Way = "auto",
    perfect_ratings: bool = False,
    bought: Callable[[str], Embedder] | None = None,
    on_done: Callable[[int], None] | None = None,
) -> Results:
    """Returns what pipelines would have answered, by what the table recorded, without a call.

    A row gets the score of the recorded answer that leaves the pipeline, the recorded cost of every model asked, and
    their recorded latency on the longest way. A row that needs a missing cell, or something that was not recorded,
    fails; its score is NaN, since nobody knows it. Prompts are taken back to the question itself, as it was recorded.

    Args:
        pipelines: by label.
        table: with the outcomes of all models that they ask.
        embedder: for routers that look at meanings.
        library: where trained routers and saved pipelines are.
        known: a catalogue, for prices that routers look at.
        aliases: what the table calls a model that pipelines call otherwise.
        default: the model of nodes without one.
        seed: of nodes that roll dice.
        way: `fast` runs the nodes without the engine around them, `exact` runs the engine; `auto` is fast where the
            pipeline needs nothing of the engine.
        perfect_ratings: models that rate their own answers, as in a cascade, know the recorded score: what they could
            reach at best, since real self-ratings were not recorded.
        bought: who has, by the name of an embedder, the vectors that a model of the catalogue once made of the
            questions, for routers that were trained on these; only in the fast way.
        on_done: told the number of further rows as they are done, in the fast way on a thread of its own.

    Raises:
        PipelineInvalid: if a pipeline has errors.
        ConfigurationError: if it asks a model that the table lacks, compares answers that were not recorded, or cannot
            be replayed in the way that was asked for.
    """
    tape = Tape(table, known=known, aliases=aliases, default=default, perfect_ratings=perfect_ratings)
    found_in = library or MemoryLibrary()
    played = []
    for label, drawn in pipelines.items():
        named = with_candidates(drawn, tape.catalogue)
        require_valid(named, catalogue=tape.catalogue, library=found_in, routers=found_in)
        plan = build_plan(as_recorded(named))
        _refuse_unrecorded(label, plan, table)
        if not tape.has_default:
            _refuse_nameless(label, plan)
        played.append(await _played(label, plan, tape, embedder, bought, found_in, seed, way, on_done))
    return results_of(tuple(pipelines), tape, played)


def as_recorded(pipeline: Pipeline) -> Pipeline:
    """Returns the pipeline whose prompts are the question alone, where they are the question in other words."""
    specs = []
    for step in build_plan(pipeline).steps.values():
        config: dict[str, Any] = dict(step.spec.config)
        node = step.node
        if isinstance(node, PromptedNode) and not node.extra_inputs():
            config["prompt_template"] = QUESTION
        specs.append(step.spec.model_copy(update={"config": config}))
    return pipeline.model_copy(update={"nodes": tuple(specs)})


def with_candidates(pipeline: Pipeline, catalogue: Catalogue) -> Pipeline:
    """Returns the pipeline in which an expert that the table knows by a name of its own answers as that.

    The catalogue is that of the table's models; a node that cannot be built stays for the checks to find.
    """
    specs = []
    for spec in pipeline.nodes:
        try:
            candidate = build_node(spec).candidate()
        except (KeyError, ValidationError):
            candidate = None
        config = {**spec.config, "model": candidate} if candidate in catalogue else spec.config
        specs.append(spec.model_copy(update={"config": config}))
    return pipeline.model_copy(update={"nodes": tuple(specs)})


async def _played(
    label: str,
    plan: Plan,
    tape: Tape,
    embedder: Embedder,
    bought: Callable[[str], Embedder] | None,
    library: Library,
    seed: int,
    way: Way,
    on_done: Callable[[int], None] | None,
) -> list[Played]:
    rows = range(tape.table.n_queries)
    queries = tape.table.queries
    if way == "exact" or (way == "auto" and not can_play(plan)):
        found = await play_exactly(plan.pipeline, tape, rows, embedder=embedder, library=library, seed=seed)
        if on_done is not None:
            on_done(len(rows))
        return found
    if not can_play(plan):
        raise ConfigurationError(
            f"The pipeline '{label}' has a race, a part inside or a node that is switched off; replay it exactly."
        )
    ahead = ForeseenEmbedder(embedder, queries)
    references = [name for step in plan.steps.values() for name in step.node.router_references()]
    routers = await foresee(library, references, queries, ahead, bought)
    player = Player(plan.pipeline, tape, embedder=ahead, routers=routers, seed=seed)

    async def play() -> list[Played]:
        found = []
        for row in rows:
            found.append(await player.row(row))
            if on_done is not None:
                on_done(1)
        return found

    return await aside(play)


def unpriced(results: Results, table: OutcomeTable) -> tuple[str, ...]:
    """Returns the models that replayed pipelines asked and whose costs are not all recorded: those count as 0."""
    asked = {name for route in results.routes for name in route}
    holes = np.isnan(table.cost_usd) & ~table.missing
    return tuple(model for column, model in enumerate(table.models) if model in asked and holes[:, column].any())


def results_of(labels: Sequence[str], tape: Tape, played: Sequence[Sequence[Played]]) -> Results:
    """Returns what was played, a list of rows for each label, as the results of an experiment."""
    table = tape.table
    n_rows = table.n_queries
    flat = [found for rows in played for found in rows]
    example = np.tile(np.arange(n_rows, dtype=np.int64), len(labels))
    status = np.array([_status(found) for found in flat], dtype=np.int64)
    routes: dict[tuple[str, ...], int] = {}
    for found in flat:
        routes.setdefault(_route(found, table), len(routes))
    sums = {name: _sums(getattr(table, name), flat, example) for name in _FIELDS}
    return Results(
        contenders=tuple(labels),
        examples=_examples(table),
        contender=np.repeat(np.arange(len(labels), dtype=np.int64), n_rows),
        example=example,
        repeat=np.zeros(len(flat), dtype=np.int64),
        status=status,
        score=np.array([_score(found, tape, int(row)) for found, row in zip(flat, example, strict=True)]),
        cost_usd=sums["cost_usd"],
        list_cost_usd=sums["cost_usd"],
        judge_cost_usd=np.zeros(len(flat)),
        latency_s=np.array([found.latency_s for found in flat]),
        input_tokens=sums["input_tokens"].astype(np.int64),
        output_tokens=sums["output_tokens"].astype(np.int64),
        calls=np.array([len(found.asked) for found in flat], dtype=np.int64),
        cached_calls=np.zeros(len(flat), dtype=np.int64),
        route=np.array([routes[_route(found, table)] for found in flat], dtype=np.int64),
        routes=tuple(routes),
        confidence=np.array([_confidence(found.answer) for found in flat], dtype=np.float64),
    )


def _examples(table: OutcomeTable) -> ExampleColumns:
    return ExampleColumns(
        ids=table.ids,
        tags=tuple((task,) if task else () for task in table.tasks),
        groups=tuple(group or None for group in table.groups),
        difficulties=(None,) * table.n_queries,
    )


def _confidence(answer: Answer | None) -> float:
    return float("nan") if answer is None or answer.confidence is None else answer.confidence


def _status(found: Played) -> int:
    if found.answer is not None:
        return STATUSES.index("done")
    return STATUSES.index("failed" if found.error else "no_answer")


def _score(found: Played, tape: Tape, row: int) -> float:
    """Returns the recorded score of the answer; NaN where it is nobody's, 0 where there is none."""
    if found.answer is None:
        return float("nan") if found.error else 0.0
    return _recorded(found.answer, tape, row)


def _recorded(answer: Answer, tape: Tape, row: int) -> float:
    if answer.model is None or answer.model not in tape.catalogue:
        return float("nan")
    column = tape.column(answer.model)
    # An answer that was made of others was never scored.
    return float(tape.table.score[row, column]) if answer.text == tape.text(row, column) else float("nan")


def _route(found: Played, table: OutcomeTable) -> tuple[str, ...]:
    return (*found.route, *dict.fromkeys(table.models[column] for column in found.asked))


def _sums(values: np.ndarray[Any, Any], flat: Sequence[Played], example: np.ndarray[Any, Any]) -> Any:
    """Returns what was recorded of all models asked in each row together; what is unknown counts as nothing."""
    counts = [len(found.asked) for found in flat]
    rows = np.repeat(example, counts)
    columns = np.array([column for found in flat for column in found.asked], dtype=np.int64)
    told = np.nan_to_num(values[rows, columns])
    return np.bincount(np.repeat(np.arange(len(flat)), counts), weights=told, minlength=len(flat))


def _refuse_unrecorded(label: str, plan: Plan, table: OutcomeTable) -> None:
    """Refuses to compare answers that the table does not hold.

    Raises:
        ConfigurationError: naming the node.
    """
    if table.answers is not None:
        return
    for step in plan.steps.values():
        compares = any(inlet.port.many and VALUE_TYPES[inlet.port.type] is Answer for inlet in step.inlets)
        if compares and not step.node.final:
            raise ConfigurationError(
                f"The node '{step.title}' of the pipeline '{label}' compares answers, and the table '{table.name}'"
                " holds scores only; replay it on a table with recorded answers."
            )


def _refuse_nameless(label: str, plan: Plan) -> None:
    """Refuses a node that names no model and is told none by a router.

    Raises:
        ConfigurationError: naming the node.
    """
    for step in plan.steps.values():
        told = any(inlet.edges and VALUE_TYPES[inlet.port.type] is ModelChoice for inlet in step.inlets)
        if None in step.node.model_names() and not told:
            raise ConfigurationError(
                f"The node '{step.title}' of the pipeline '{label}' names no model; say which model of the table is the"
                " default."
            )

"""Buys missing cells of an outcome table: asks exactly these models these questions, and scores what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.batch import run_batch
from pipelines.data.example import Example
from pipelines.document import Edge, NodeSpec, Pipeline
from pipelines.engine.purse import Purse
from pipelines.error import ConfigurationError
from pipelines.experiment.assessment import Assessor
from pipelines.experiment.experiment import Row
from pipelines.experiment.row import Task
from pipelines.experiment.scoring import read_scorers
from pipelines.outcome.missing import FillPlan, filled
from pipelines.outcome.outcome import UNKNOWN, Outcome
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.embedder import pick_embedder
from pipelines.run import Run, RunSettings

if TYPE_CHECKING:
    from app.workspace import Workspace

WIDTH: Final = 16
LARGEST_SEED: Final = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Filling:
    """Is what came of filling cells.

    Attributes:
        table: with the cells that were filled.
        asked: how many cells were to be filled; `filled` is how many have a score now.
        failed: for each cell that has none, its query and model and why.
        paid_usd: what the calls cost, judges included; `list_usd` at list price, those from the cache too.
    """

    table: OutcomeTable
    asked: int
    filled: int
    failed: tuple[tuple[str, str, str], ...]
    paid_usd: float
    list_usd: float


def fill_cells(
    space: Workspace,
    table: OutcomeTable,
    plan: FillPlan,
    examples: Sequence[Example],
    scorer: Mapping[str, Any],
    *,
    aliases: Mapping[str, str] | None = None,
    budget_usd: float | None = None,
    purse: Purse | None = None,
    seed: int = 0,
    width: int = WIDTH,
    on_done: Callable[[], None] | None = None,
) -> Filling:
    """Fills the cells of a plan through the gateway and returns the table with them.

    What was asked before comes from the cache. A cell whose call or scorer fails, or that the budget does not reach,
    stays missing, so that filling again asks only for the rest.

    Args:
        space: whose models are asked.
        table: with missing cells.
        plan: which cells.
        examples: the questions with what is needed to score them, found by the id of the row or by its text.
        scorer: its JSON (`kind` and its fields).
        aliases: what the catalogue calls a model of the table.
        budget_usd: most that all calls together may cost.
        purse: that pays instead, shared with other fillings; closing it stops the filling.
        seed: of the runs.
        width: how many at a time.
        on_done: called as each cell has been asked.

    Raises:
        ConfigurationError: if a model is not in the catalogue, or a row has no example.
        DocumentError: if the scorer is none.
    """
    scorers = read_scorers([scorer])
    known = _examples(table, plan, examples)
    names = _names(space, plan, aliases or {})
    runs = [
        Run(
            pipeline=asking(names[column]),
            query=known[row].as_query(),
            settings=RunSettings(seed=(seed + int(row)) % LARGEST_SEED),
        )
        for row, column in plan.cells.tolist()
    ]
    paying = Purse(budget_usd) if purse is None else purse
    paid_before_usd = paying.spent_usd
    assessor = Assessor(space.batch_engine, scorers, pick_embedder(space.config.weights_folder), paying)

    async def work() -> list[Row | None]:
        done = await run_batch(
            *(space.batch_engine, space.storage.runs, runs),
            width=width,
            on_done=None if on_done is None else lambda _: on_done(),
            purse=paying,
        )
        turn = asyncio.Semaphore(width)

        async def scored(row: int, run: Run) -> Row | None:
            async with turn:
                return (await assessor.assess(Task(0, 0, 0, known[row]), run, resume=False)).row

        return await asyncio.gather(
            *(scored(row, run) for row, run in zip(plan.cells[:, 0].tolist(), done, strict=True))
        )

    rows = space.loop.call(work())
    return _filling(table, plan, rows, next(iter(scorers)), paying.spent_usd - paid_before_usd)


def asking(model: str | None) -> Pipeline:
    """Returns question → expert → answer, of one model or the default one."""
    return Pipeline(
        name=f"Ask {model or 'the default model'}"[:200],
        nodes=(
            NodeSpec(id="question", kind="query_input"),
            NodeSpec(id="expert", kind="expert", config={"model": model}),
            NodeSpec(id="answer", kind="answer_output"),
        ),
        edges=(
            Edge(source="question", source_port="query", target="expert", target_port="query"),
            Edge(source="expert", source_port="answer", target="answer", target_port="answers"),
        ),
    )


def examples_by_row(table: OutcomeTable, rows: Sequence[int], examples: Sequence[Example]) -> dict[int, Example]:
    """Returns the example of each of these rows that has one, found by its id and question or by its text."""
    by_id = {example.id: example for example in examples}
    by_text = {example.as_query().text: example for example in examples}
    found = {}
    for row in dict.fromkeys(rows):
        query = table.queries[row]
        same = by_id.get(table.ids[row])
        # An id such as `1` may be that of another question.
        example = same if same is not None and same.query in query else by_text.get(query)
        if example is not None:
            found[row] = example
    return found


def _examples(table: OutcomeTable, plan: FillPlan, examples: Sequence[Example]) -> dict[int, Example]:
    """Returns the example of each row that has a cell in the plan."""
    rows = plan.cells[:, 0].tolist()
    found = examples_by_row(table, rows, examples)
    lacking = next((row for row in rows if row not in found), None)
    if lacking is not None:
        raise ConfigurationError(
            f"The row '{table.ids[lacking]}' of the table '{table.name}' has no example with that id or question among"
            f" the {len(examples):,} that were given; it is needed to score the answers."
        )
    return found


def _names(space: Workspace, plan: FillPlan, aliases: Mapping[str, str]) -> dict[int, str]:
    """Returns what the catalogue calls the models of the plan, by column."""
    names = {column: aliases.get(plan.models[column], plan.models[column]) for column in set(plan.cells[:, 1].tolist())}
    unknown = next((name for name in names.values() if name not in space.catalogue), None)
    if unknown is not None:
        raise ConfigurationError(
            f"The model '{unknown}' is not in the catalogue, so it cannot be asked; add it, or say by which name it is"
            " there."
        )
    return names


def _filling(table: OutcomeTable, plan: FillPlan, rows: Sequence[Row | None], scorer: str, paid_usd: float) -> Filling:
    found: list[tuple[int, int, Outcome]] = []
    failed = []
    for (row, column), told in zip(plan.cells.tolist(), rows, strict=True):
        score = told.scores.get(scorer) if told else None
        if told is not None and (score is not None or told.status == "no_answer"):
            found.append((row, column, _outcome(table, row, column, told, 0.0 if score is None else score.value)))
        else:
            failed.append((table.ids[row], plan.models[column], _why(told, scorer)))
    list_usd = sum(told.list_cost_usd for told in rows if told is not None)
    return Filling(filled(table, found), len(plan.cells), len(found), tuple(failed), paid_usd, list_usd)


def _outcome(table: OutcomeTable, row: int, column: int, told: Row, score: float) -> Outcome:
    return Outcome(
        table.queries[row],
        table.models[column],
        score,
        row,
        cost_usd=told.list_cost_usd if told.calls else UNKNOWN,
        input_tokens=float(told.input_tokens),
        output_tokens=float(told.output_tokens),
        latency_s=told.latency_s,
        answer=told.answer or "",
    )


def _why(row: Row | None, scorer: str) -> str:
    if row is None:
        return "A call of the scorer was refused."
    if row.error:
        return row.error
    return row.score_errors.get(scorer, f"The row has no score ({row.status}).")

"""`routeloom outcomes missing`, `fill`, `replay`: what a table lacks, what that costs, what it tells of pipelines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import open_workspace
from app.cli.outcome_option import all_pairs, pairs
from app.cli.output import cell, console, print_json, tell

if TYPE_CHECKING:
    from app.library import Library
    from app.outcome.filling import Filling
    from pipelines.document import Pipeline
    from pipelines.outcome.missing import FillPlan, PriceSource
    from pipelines.outcome.table import OutcomeTable
    from pipelines.statistics.report import Report

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A stored outcome table, or name@version.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="Only this model; repeatable.", show_default="all")]
Alias = Annotated[
    list[str] | None, typer.Option("--as", help="TABLE_NAME=CATALOGUE_NAME of a model that is called otherwise here.")
]
TOLD_PROBLEMS = 20
SOURCES = {"catalogue": "the prices of the catalogue", "recorded": "what its recorded answers cost"}


def register(outcomes: typer.Typer) -> None:
    """Adds the commands to those of outcome tables."""
    outcomes.command("missing")(missing)
    outcomes.command("fill")(fill)
    outcomes.command("replay")(replay)


def missing(
    name: Name,
    model: Models = None,
    alias: Alias = None,
    most: Annotated[int | None, typer.Option(min=0, help="Only so many cells.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which cells are missing and what filling them would cost."""
    from pipelines.outcome.missing import plan_fill

    with open_workspace() as space:
        table = space.storage.outcome_tables.get(name)
        plan = plan_fill(table, space.catalogue, models=model or (), aliases=pairs(alias or [], "--as"), most=most)
    if as_json:
        cells = [{"id": table.ids[row], "model": table.models[column]} for row, column in plan.cells.tolist()]
        print_json({"cells": cells, **_plan_answer(plan)})
    for each, (count, cost) in plan.by_model().items():
        tell(f"{each}: {count:,} missing, {_usd(cost)}{_source(plan.sources[each])}")
    tell(f"{plan.sentence[:1].upper()}{plan.sentence[1:]}.")


def fill(
    name: Name,
    data: Annotated[str, typer.Option(help="The data set (or a file) with the questions and their right answers.")],
    scorer: Annotated[str, typer.Option(help="Such as exact_match or numeric:tolerance=0.01")] = "auto",
    model: Models = None,
    alias: Alias = None,
    most: Annotated[int | None, typer.Option(min=0, help="Only so many cells.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="Most that all calls may cost.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2_147_483_647, help="Of the runs.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Buy missing cells: ask exactly these models these questions, score the answers, and store the next version."""
    from rich.progress import Progress

    from app.cli.outcome_data import examples_of
    from app.outcome.filling import fill_cells
    from pipelines.outcome.missing import plan_fill
    from pipelines.scorer_choice import scorer_of

    wanted = scorer_of(scorer).model_dump(mode="json")
    with open_workspace() as space, Progress(console=console(), transient=True, disable=as_json) as bars:
        table, card = space.storage.outcome_tables.get(name), space.storage.outcome_tables.card(name)
        aliases = pairs(alias or [], "--as")
        plan = plan_fill(table, space.catalogue, models=model or (), aliases=aliases, most=most)
        bar = bars.add_task("Cells", total=len(plan.cells))
        found = fill_cells(
            *(space, table, plan, examples_of(space.storage, data), wanted),
            aliases=aliases,
            budget_usd=budget_usd,
            seed=seed,
            on_done=lambda: bars.advance(bar),
        )
        about = {"title": card.title, "source": card.source, "licence": card.licence}
        version = space.storage.outcome_tables.put(found.table, card.name, **about)
    _tell_filling(found, card.name, version, as_json=as_json)
    if found.asked and not found.filled:
        raise typer.Exit(1)


def replay(
    name: Name,
    pipeline: Annotated[list[str], typer.Option("--pipeline", help="A slug, slug@version or file; repeatable.")],
    default: Annotated[
        str | None, typer.Option("--default-model", help="Model of the table for nodes without one.")
    ] = None,
    alias: Alias = None,
    seed: Annotated[int, typer.Option(min=0, max=2_147_483_647, help="Of nodes that roll dice.")] = 0,
    perfect_ratings: Annotated[
        bool, typer.Option("--perfect-ratings", help="Models that rate their own answers know the recorded score.")
    ] = False,
    exact: Annotated[bool, typer.Option("--exact", help="Run the engine itself, which takes longer.")] = False,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Only rows that no trained router in them was fitted on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what pipelines would have answered and cost, by what was recorded, without a call."""
    from app.outcome.replaying import replay_here
    from pipelines.outcome.replay.replay import unpriced
    from pipelines.statistics.summary import summarise

    with open_workspace() as space:
        table = space.library.outcome_table(name)
        drawn = {reference: space.library.load(reference) for reference in pipeline}
        table, leaks = _unseen(table, drawn.values(), space.library, only=unseen)
        way: Any = "exact" if exact else "auto"
        results = replay_here(
            *(space, drawn, table),
            aliases={ours: theirs for theirs, ours in all_pairs(alias or [], "--as")},
            default=default,
            seed=seed,
            way=way,
            perfect_ratings=perfect_ratings,
        )
    report = summarise(results, seed=seed)
    free = unpriced(results, table)
    if as_json:
        told = [_contender(report, label) for label in results.contenders]
        compared = [pair.model_dump(mode="json") for pair in report.pairs]
        print_json(
            {"table": table.name, "n": table.n_queries, "pipelines": told, "pairs": compared}
            | {"unpriced": list(free), "seen_in_training": leaks}
        )
        return
    _print_report(report, results.contenders)
    for router, count in leaks.items():
        tell(
            f"Note: the router '{router}' was fitted on {count:,} of these {table.n_queries:,} rows, where it looks"
            " better than it is; --unseen leaves them out."
        )
    if free:
        tell(f"The table lacks costs of {', '.join(free)}; what is unknown counts as 0.")


def _unseen(
    table: OutcomeTable, drawn: Iterable[Pipeline], library: Library, *, only: bool
) -> tuple[OutcomeTable, dict[str, int]]:
    """Returns the rows to replay, and how many of them each trained router was fitted on.

    Raises:
        ConfigurationError: if only unseen rows are wanted and there is none.
    """
    import numpy as np

    from pipelines.error import ConfigurationError
    from pipelines.outcome.replay.leak import seen_by_routers

    seen = seen_by_routers(drawn, table, library)
    if not only:
        return table, {name: int(rows.sum()) for name, rows in seen.items() if rows.any()}
    fresh = ~np.any([np.zeros(table.n_queries, dtype=np.bool_), *seen.values()], axis=0)
    if not fresh.any():
        raise ConfigurationError(
            f"The trained routers {', '.join(seen)} were fitted on every row of '{table.name}'; there is no other to"
            " judge them on."
        )
    return table.rows(fresh), {}


def _plan_answer(plan: FillPlan) -> dict[str, object]:
    by_model = {
        model: {"cells": count, "cost_usd": None if math.isnan(cost) else cost, "source": plan.sources[model]}
        for model, (count, cost) in plan.by_model().items()
    }
    return {"n": len(plan.cells), "cost_usd": plan.total_usd, "unpriced": list(plan.unpriced), "by_model": by_model}


def _tell_filling(found: Filling, name: str, version: int, *, as_json: bool) -> None:
    if as_json:
        failed = [{"id": qid, "model": model, "error": why} for qid, model, why in found.failed]
        paid = {"cost_usd": found.paid_usd, "list_cost_usd": found.list_usd}
        told = {"name": name, "version": version, "asked": found.asked, "filled": found.filled}
        print_json({**told, **paid, "failed": failed, "missing": int(found.table.missing.sum())})
    for qid, model, why in found.failed[:TOLD_PROBLEMS]:
        tell(f"{model} on {qid}: {why}")
    tell(f"Filled {found.filled:,} of {found.asked:,} cells for ${found.paid_usd:.4g}: '{name}' version {version}.")


def _contender(report: Report, label: str) -> dict[str, Any]:
    found = report.contender(label)
    return {
        "pipeline": label,
        "n": found.n_examples,
        "accuracy": found.accuracy.value,
        "accuracy_ci": [found.accuracy.low, found.accuracy.high],
        "cost_usd": found.list_cost_usd,
        "cost_usd_per_1k": found.cost_usd_per_1k.value,
        "latency_p50_s": found.latency_p50_s.value,
        "latency_p95_s": found.latency_p95_s.value,
        "errors": found.errors,
        "no_answer": found.no_answer,
        "missing": found.missing,
    }


def _print_report(report: Report, labels: tuple[str, ...]) -> None:
    from rich.table import Table

    drawn = Table("pipeline", "accuracy", "95 %", "USD per 1,000", "rows", "errors", box=None, header_style="bold")
    for label in labels:
        found = report.contender(label)
        low, high = found.accuracy.low, found.accuracy.high
        bounds = "?" if low is None or high is None else f"{low:.3f} to {high:.3f}"
        accuracy = "?" if found.accuracy.value is None else f"{found.accuracy.value:.4f}"
        cost = "?" if found.cost_usd_per_1k.value is None else f"{found.cost_usd_per_1k.value:.4g}"
        drawn.add_row(*map(cell, (label, accuracy, bounds, cost, f"{found.n_rows:,}", f"{found.errors:,}")))
    console(stderr=False).print(drawn)


def _source(source: PriceSource) -> str:
    return "" if source == "unknown" else f" (by {SOURCES[source]})"


def _usd(cost: float) -> str:
    return "of unknown price" if math.isnan(cost) else f"about ${cost:.2g}"

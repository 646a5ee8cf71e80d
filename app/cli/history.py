"""`routeloom runs`: what was run, what a run did, and which runs were interrupted."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.home import open_library
from app.cli.output import cell, console, print_json, print_text, tell
from app.cli.run import report, resume_run
from app.cli.trace import cost, duration
from app.owner import interrupted_runs
from pipelines.error import NotFound
from pipelines.run import Totals

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Id of the run.")]
LONGEST_QUESTION = 60

runs = typer.Typer(help="See and resume past runs.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(runs, name="runs")


@runs.callback()
def overview(ctx: typer.Context, as_json: AsJson = False) -> None:
    """See and resume past runs."""
    if ctx.invoked_subcommand is None:
        list_runs(as_json=as_json)


@runs.command("list")
def list_runs(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the latest runs, newest first."""
    from rich.table import Table

    with open_library() as (storage, _):
        found = storage.runs.runs(limit=limit)
        interrupted = {info.id for info in interrupted_runs(storage)}
    if as_json:
        rows: list[dict[str, Any]] = [
            {**info.model_dump(mode="json"), "interrupted": info.id in interrupted} for info in found
        ]
        print_json({"runs": rows})
        return
    if not found:
        tell("Nothing was run yet; try: routeloom run single-expert --query 'What is a router?'")
        return
    table = Table("run", "when", "pipeline", "status", "took", "cost", "question", box=None, pad_edge=False)
    for info in found:
        status = "interrupted" if info.id in interrupted else info.status
        totals = Totals(cost_usd=info.cost_usd, list_cost_usd=info.list_cost_usd, notional=info.notional)
        asked = " ".join(info.question.split())[:LONGEST_QUESTION]
        when = f"{info.started_at.astimezone():%Y-%m-%d %H:%M}"
        cells = (info.id, when, info.pipeline_name, status, duration(info.latency_s), cost(totals), asked)
        table.add_row(*map(cell, cells))
    console(stderr=False).print(table)


@runs.command("show")
def show_run(run_id: RunId, as_json: AsJson = False) -> None:
    """Show a past run: its answer and what every node did."""
    with open_library() as (storage, _):
        found = storage.runs.run(run_id)
    if found is None:
        raise NotFound(f"There is no run '{run_id}'; see them with: routeloom runs")
    if not as_json:
        print_text(f"{found.pipeline.name}: {found.query.text}")
    report([found], not_run=0, many=False, trace=not as_json, as_json=as_json)


@runs.command("resume")
def take_up(
    run_id: RunId,
    trace: Annotated[bool, typer.Option("--trace", help="Show what every node did.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take up an interrupted run; calls that it had paid for are not made again."""
    raise typer.Exit(resume_run(run_id, trace=trace, as_json=as_json))

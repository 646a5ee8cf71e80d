"""`routeloom outcomes`: tables of recorded outcomes on the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli.home import open_library
from app.cli.outcome_option import card_answer, gather_rule, outcome_mapping, without_version
from app.cli.output import AlreadyThere, cell, console, print_json, tell
from pipelines.error import DocumentError, FormatUnknown

if TYPE_CHECKING:
    from pipelines.outcome.gathering import GatherRule
    from pipelines.outcome.intake import Import
    from pipelines.outcome.table import OutcomeTable
    from storage import Storage

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A stored outcome table, or name@version.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="Only this model; repeatable.", show_default="all")]
EXPERIMENT = "experiment:"
TOLD_PROBLEMS = 20
MAP_FORM = "query=COLUMN,model=COLUMN,score=COLUMN or query=COLUMN,models=A+B"

app = typer.Typer(help="Import, fill, replay and export tables of recorded outcomes.", invoke_without_command=True)


@app.callback()
def overview(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Import, fill, replay and export tables of recorded outcomes."""
    if ctx.invoked_subcommand is None:
        list_tables(as_json=as_json)


@app.command("import")
def import_table(
    source: Annotated[str, typer.Argument(help="A file, a folder, or experiment:ID, also experiment:latest.")],
    name: Annotated[str | None, typer.Option(help="What to call it.", show_default="like the file")] = None,
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    licence: Annotated[str, typer.Option(help="What may be done with it.")] = "",
    form: Annotated[str | None, typer.Option("--format", help="The format.", show_default="recognised")] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help=MAP_FORM),
    ] = None,
    scale: Annotated[
        Literal["as_is", "clip", "stretch"], typer.Option(help="What becomes of scores outside 0 to 1.")
    ] = "as_is",
    score_range: Annotated[
        str | None,
        typer.Option(help="LOWEST:HIGHEST that is stretched to 0 to 1.", show_default="guessed by --scale stretch"),
    ] = None,
    repeated: Annotated[
        Literal["refuse", "mean", "first", "last"],
        typer.Option(help="Which outcome of a cell that comes twice counts."),
    ] = "refuse",
    scorer: Annotated[
        str | None,
        typer.Option(help="Of an experiment: whose scores count, such as llm_judge.", show_default="the first"),
    ] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the good rows and list the others.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import an outcome table; under a known name it becomes the next version."""
    from app.experiment.reading import find_experiment
    from app.outcome.experiment_table import from_experiment
    from pipelines.outcome.intake import Import

    called = name or slug_of(source)
    with open_library() as (storage, _):
        if source.startswith(EXPERIMENT):
            experiment = find_experiment(storage, source.removeprefix(EXPERIMENT))
            rows = from_experiment(storage, experiment.id, scorer=scorer, name=called)
            found = Import(rows, "experiment")
        else:
            rule = gather_rule(scale, score_range, repeated)
            found = _read(Path(source), called, form, mapping or [], rule, collect=skip_bad)
        version = storage.outcome_tables.put(found.table, called, title=title, licence=licence, source=source)
        card = storage.outcome_tables.card(called)
    if as_json:
        told = {"kind": found.kind, "skipped": found.skipped, "repeated": found.repeated, "note": found.note}
        told |= {"score_range": found.score_range, "span": found.span}
        problems = [problem.model_dump(mode="json") for problem in found.problems]
        print_json({**card_answer(version, card), **told, "problems": problems, "strangers": list(found.strangers)})
    _tell_import(found, called, version)
    if found.score_range is not None and score_range is None:
        tell("Name another range with --score-range LOWEST:HIGHEST.")


@app.command("list")
def list_tables(as_json: AsJson = False) -> None:
    """List the outcome tables."""
    from rich.table import Table

    with open_library() as (storage, _):
        found = storage.outcome_tables.list()
    if as_json:
        print_json([dict(card_answer(version, card)) for version, card in found])
        return
    table = Table("name", "queries", "models", "missing", "costs", "version", box=None, header_style="bold")
    for version, card in found:
        numbers = (f"{card.n_queries:,}", f"{len(card.models)}", f"{card.missing:,}", "yes" if card.priced else "no")
        table.add_row(*map(cell, (card.name, *numbers, str(version))))
    console(stderr=False).print(table)
    if not found:
        tell("There is no outcome table yet. Import one with: routeloom outcomes import FILE")


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what a table holds: mean score, cost and missing cells of each model."""
    from rich.table import Table

    with open_library() as (storage, _):
        card, table = storage.outcome_tables.card(name), storage.outcome_tables.get(name)
    rows, n_shared = _by_model(table)
    if as_json:
        about = {"by_model": rows, "n_shared_rows": n_shared, "has_answers": table.answers is not None}
        print_json({**card.model_dump(mode="json"), **about})
        return
    heads = ("model", "mean score", "on shared rows", "mean USD", "outcomes", "missing")
    drawn = Table(*heads, box=None, header_style="bold")
    for row in rows:
        means = (_number(row["score"], ".4f"), _number(row["score_on_shared_rows"], ".4f"))
        told = (*means, _number(row["cost_usd"], ".4g"), f"{row['n']:,}", f"{row['missing']:,}")
        drawn.add_row(*map(cell, (str(row["model"]), *told)))
    console(stderr=False).print(drawn)
    if any(row["n"] > n_shared for row in rows):
        tell(_told_shared(n_shared))
    tell(
        f"{card.title or card.name}: {card.n_queries:,} queries, {len(card.models)} models. {_told_source(card.source)}"
    )


@app.command()
def export(
    name: Name,
    to: Annotated[
        Path, typer.Option("--to", "-o", help="The folder to write queries.jsonl.gz and outcomes.csv.gz in.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a table as a folder, as `routeloom router` and `import` read it."""
    from pipelines.outcome.export import write_folder

    if to.is_dir() and any(to.iterdir()) and not force:
        raise AlreadyThere(f"The folder '{to}' is not empty; choose another one, or write over it with --force.")
    with open_library() as (storage, _):
        table = storage.outcome_tables.get(name)
    paths = [str(path) for path in write_folder(table, to)]
    if as_json:
        print_json({"files": paths, "queries": table.n_queries, "models": list(table.models)})
    tell(f"Wrote {table.n_queries:,} queries x {len(table.models)} models to {to}.")


@app.command()
def delete(name: Annotated[str, typer.Argument(metavar="NAME")], as_json: AsJson = False) -> None:
    """Delete an outcome table with all its versions."""
    with open_library() as (storage, _):
        _require(storage, without_version(name))
        storage.outcome_tables.delete(name)
    if as_json:
        print_json({"deleted": name})
    tell(f"Deleted '{name}' with all its versions.")


def slug_of(source: str) -> str:
    """Returns a name made of that of a file or an experiment.

    Raises:
        DocumentError: if nothing of it can stand in a name.
    """
    last = Path(source.replace(":", "-")).name.lower().partition(".")[0]
    slug = re.sub(r"[^a-z0-9]+", "-", last).strip("-")[:80]
    if not slug:
        raise DocumentError(f"'{source}' gives no name; say what to call the table with --name.")
    return slug


def _read(path: Path, name: str, form: str | None, mapping: list[str], rule: GatherRule, *, collect: bool) -> Import:
    from pipelines.outcome.intake import import_path

    try:
        return import_path(path, name, kind=form, mapping=outcome_mapping(mapping), rule=rule, collect=collect)
    except FormatUnknown as error:
        raise DocumentError(f"{error} Name the columns with --map {MAP_FORM}.") from error


def _require(storage: Storage, name: str) -> None:
    storage.outcome_tables.card(name)


def _tell_import(found: Import, name: str, version: int) -> None:
    table = found.table
    holes = int(table.missing.sum())
    tell(
        f"Stored '{name}' (version {version}): {table.n_queries:,} queries x {len(table.models)} models,"
        f" {holes:,} cells missing; read as {found.kind}."
    )
    if found.score_range is not None and found.span is not None:
        low, high = found.score_range
        lowest, highest = found.span
        tell(
            f"Scores from {low:g} to {high:g} were stretched to 0 to 1; the lowest found is {lowest:g}, the highest"
            f" {highest:g}."
        )
    for problem in found.problems[:TOLD_PROBLEMS]:
        tell(str(problem))
    if found.skipped > TOLD_PROBLEMS:
        tell(f"... and {found.skipped - TOLD_PROBLEMS:,} more rows were left out.")
    for stranger in found.strangers:
        tell(f"Left out {stranger}: it is of no known format.")
    if found.note:
        tell(found.note)


def _by_model(table: OutcomeTable) -> tuple[list[dict[str, Any]], int]:
    """Returns what is recorded of each model, and how many rows all of them were asked."""
    import numpy as np

    from pipelines.outcome.coverage import shared_rows

    shared = shared_rows(table)
    rows: list[dict[str, Any]] = []
    for column, model in enumerate(table.models):
        score, cost = table.score[:, column], table.cost_usd[:, column]
        known = cost[~np.isnan(cost)]
        missing = int(np.isnan(score).sum())
        tried = missing < len(score)
        rows.append(
            {
                "model": model,
                "score": float(np.nanmean(score)) if tried else None,
                "cost_usd": float(known.mean()) if known.size else None,
                "n": len(score) - missing,
                "missing": missing,
                "score_on_shared_rows": float(score[shared].mean()) if tried and shared.any() else None,
            }
        )
    return rows, int(shared.sum())


def _told_shared(count: int) -> str:
    told = "The models were asked different rows, so their mean scores cannot be compared"
    if not count:
        return f"{told}, and no row has a score of them all."
    return f"{told}; the scores on the {'1 row' if count == 1 else f'{count:,} rows'} that all were asked can be."


def _told_source(source: str) -> str:
    if not source:
        return "Where it comes from is not known."
    return f"{source}." if source.startswith("Imported from ") else f"From {source}."


def _number(value: object, form: str) -> str:
    return "?" if value is None else format(value, form)

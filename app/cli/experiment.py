"""`routeloom experiments`: see, go on with, stop and write experiments."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli.eval_file import Files
from app.cli.eval_option import AsJson, FailIf, Html, Junit, Rows
from app.cli.evaluation import brought_out
from app.cli.home import load_config, open_library, open_workspace
from app.cli.output import cell, console, print_json, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.workspace import Workspace
    from pipelines.experiment.progress import Progress
    from storage import Storage

Name = Annotated[str, typer.Argument(metavar="ID", help="Id of the experiment; 'latest' is the newest.")]
Status = Literal["done", "failed", "budget", "cancelled", "no_answer"]

app = typer.Typer(help="See, go on with, stop and write experiments.", invoke_without_command=True)


@app.callback()
def overview(ctx: typer.Context, as_json: AsJson = False) -> None:
    """See, go on with, stop and write experiments."""
    if ctx.invoked_subcommand is None:
        list_experiments(as_json=as_json)


@app.command("list")
def list_experiments(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the experiments, newest first."""
    from rich.table import Table

    with open_library() as (storage, _):
        found = storage.experiments.list()[:limit]
        rows = [_listed(storage, info.id, info.model_dump(mode="json")) for info in found]
    if as_json:
        print_json({"experiments": rows})
        return
    if not rows:
        tell("There is no experiment yet; begin one with: routeloom eval --pipeline single-expert --data everyday-mix")
        return
    table = Table("experiment", "status", "rows", "data", "when", "title", box=None, pad_edge=False)
    for info, row in zip(found, rows, strict=True):
        status = "interrupted" if row["interrupted"] else info.status
        ended = f"{row['ended']:,} of {info.rows:,}"
        when = f"{info.created_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(*map(cell, (info.id, status, ended, info.data_set, when, info.title)))
    console(stderr=False).print(table)


@app.command()
def show(name: Name, fail_if: FailIf = None, as_json: AsJson = False) -> None:
    """Show the numbers of an experiment as far as it came."""
    _write(name, Files(), fail_if, as_json=as_json)


@app.command()
def report(
    name: Name,
    html: Html = None,
    junit: Junit = None,
    out: Rows = None,
    fail_if: FailIf = None,
    as_json: AsJson = False,
) -> None:
    """Write an experiment as an HTML report, as JUnit XML or row by row; without a file it is shown."""
    files = Files(junit=junit, html=html, rows=out)
    files.require_places()
    _write(name, files, fail_if, as_json=as_json)


@app.command("rows")
def print_rows(
    name: Name,
    pipeline: Annotated[str | None, typer.Option(help="Only those of the pipeline of this label.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only those that ended so.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most.", show_default="all")] = None,
) -> None:
    """Print rows as JSON Lines: question, references, answer, scores with reasons, cost, route."""
    from itertools import islice

    from app.experiment.reading import examples_of, find_experiment, rows_of
    from app.experiment.row_lines import row_lines
    from storage.experiment_page import RowFilter

    with open_library() as (storage, _):
        experiment = find_experiment(storage, name)
        labels = [contender.label for contender in experiment.contenders]
        if pipeline is not None and pipeline not in labels:
            raise typer.BadParameter(f"there is no pipeline '{pipeline}'; there is {', '.join(labels)}")
        place = None if pipeline is None else labels.index(pipeline)
        wanted = RowFilter(contender=place, status=status)
        rows = islice(rows_of(storage, experiment.id, wanted), limit)
        for line in row_lines(experiment, examples_of(storage, experiment), rows):
            sys.stdout.buffer.write(line)


@app.command()
def retry(name: Name, as_json: AsJson = False) -> None:
    """Run the failed rows once more, and let scorers that failed judge again."""
    from app.experiment.reading import find_experiment

    with open_workspace() as space:
        experiment = find_experiment(space.storage, name)
        future = space.experiments.retry_failed(experiment.id)
        if future is None:
            tell("No row has failed.")
            _write(experiment.id, Files(), None, as_json=as_json)
            return
        raise typer.Exit(brought_out(space, experiment.id, future, Files(), None, as_json=as_json))


@app.command()
def pause(name: Name, as_json: AsJson = False) -> None:
    """Begin no further row, whoever runs it; rows on their way are finished."""
    with _facade() as space:
        space.experiments.pause(_id(space, name))
        _tell_progress(space, name, as_json=as_json)


@app.command()
def cancel(name: Name, as_json: AsJson = False) -> None:
    """Make no further call, whoever runs it; what has ended stays, and it can be taken up again."""
    with _facade() as space:
        space.experiments.cancel(_id(space, name))
        _tell_progress(space, name, as_json=as_json)


@app.command()
def delete(name: Name, as_json: AsJson = False) -> None:
    """Destroy an experiment with its rows."""
    with _facade() as space:
        found = _id(space, name)
        space.experiments.delete(found)
    if as_json:
        print_json({"deleted": found})
    tell(f"Deleted the experiment {found}.")


def _write(name: str, files: Files, fail_if: str | None, *, as_json: bool) -> None:
    from app.cli.eval_outcome import deliver
    from app.experiment.reading import find_experiment

    with open_library() as (storage, _):
        experiment = find_experiment(storage, name)
        progress = _progress(storage, experiment.id)
        code = deliver(storage, experiment, progress, files=files, fail_if=fail_if, as_json=as_json)
    # What is shown was found, however it ended; only the condition may fail.
    raise typer.Exit(code if fail_if is not None else 0)


def _listed(storage: Storage, experiment_id: str, about: dict[str, Any]) -> dict[str, Any]:
    progress = _progress(storage, experiment_id)
    told = {"interrupted": progress.interrupted, "ended": progress.ended, "failed": progress.failed}
    return {**about, **told, "paid_usd": progress.paid_usd}


def _progress(storage: Storage, experiment_id: str) -> Progress:
    """Returns how far an experiment is, as far as rows are stored, whoever runs it."""
    from app.owner import has_died

    progress = storage.experiments.progress(experiment_id)
    holder = storage.experiments.holder(experiment_id)
    interrupted = progress.status == "running" and (holder is None or has_died(holder))
    return progress.model_copy(update={"interrupted": interrupted})


@contextmanager
def _facade() -> Iterator[Workspace]:
    """Opens the workspace without looking for models, which nobody asks here."""
    from app.workspace import Workspace

    with Workspace(load_config()) as space:
        yield space


def _id(space: Workspace, name: str) -> str:
    from app.experiment.reading import find_experiment

    return find_experiment(space.storage, name).id


def _tell_progress(space: Workspace, name: str, *, as_json: bool) -> None:
    from app.cli.eval_watch import progress_words

    progress = _progress(space.storage, _id(space, name))
    if as_json:
        print_json(progress)
    tell(f"{progress.status}: {progress_words(progress)}")

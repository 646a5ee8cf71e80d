"""`routeloom eval`: pipelines on a data set, with numbers that a check can stand on."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from app.cli.data_option import columns_of
from app.cli.eval_file import Files
from app.cli.eval_option import EXAMPLE, AsJson, Budget, Concurrency, FailIf, Html, Junit, Rows
from app.cli.eval_watch import carry
from app.cli.home import open_workspace
from app.cli.output import AlreadyThere, tell
from app.figure import cost_text, duration_text
from pipelines.error import RouteloomError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from app.experiment.preparation import Prepared
    from app.experiment.request import ExperimentRequest
    from app.workspace import Workspace
    from pipelines.estimate.record import Estimate
    from pipelines.experiment.experiment import Experiment
    from pipelines.experiment.progress import Progress

HERE = Path()


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("eval", epilog=f"An experiment file:\n\n\b\n{EXAMPLE}")(evaluate)


def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help="An experiment file, YAML or JSON; options replace its fields.")
    ] = None,
    pipeline: Annotated[
        list[str] | None, typer.Option("--pipeline", "-p", help="A slug, slug@version or a file; repeatable.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="A file, a data set, or hf:OWNER/NAME.", show_default=False)] = None,
    scorer: Annotated[
        list[str] | None,
        typer.Option(
            "--scorer",
            "-s",
            help="Such as exact_match or numeric:tolerance=0.01; repeatable, the first one counts.",
            show_default="what suits the data",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model of every node that names none.", show_default="the default model")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="So many rows, drawn by the seed.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only rows with this tag; repeatable.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="query=COLUMN,references=COLUMN,...", show_default="guessed")
    ] = None,
    form: Annotated[str | None, typer.Option("--format", help="Of the file.", show_default="recognised")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a file that is not UTF-8.", show_default=False)] = None,
    repeats: Annotated[int | None, typer.Option(min=1, max=100, help="Times each row is run.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2_147_483_647, show_default="0")] = None,
    concurrency: Concurrency = None,
    budget_usd: Budget = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask again what was answered before.")] = False,
    title: Annotated[str | None, typer.Option(help="What people read.", show_default=False)] = None,
    name: Annotated[
        str | None, typer.Option("--id", help="What to call it in commands.", show_default="made up")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="ID", help="Take up an experiment; 'latest' is the newest.")
    ] = None,
    fail_if: FailIf = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before money is spent.")] = False,
    as_json: AsJson = False,
    junit: Junit = None,
    html: Html = None,
    out: Rows = None,
) -> None:
    """Compare pipelines on a data set: accuracy with intervals, cost, latency, and whether a difference is real.

    Exit codes: 0 done, 1 it did not come to its end, 2 bad input, 3 the --fail-if condition held. Ctrl+C pauses.
    """
    given = {
        "pipelines": pipeline, "data": data, "scorers": scorer, "model": model, "sample": sample, "tags": tag,
        "columns": columns_of(mapping or []), "format": form,
        "encoding": encoding, "repeats": repeats, "seed": seed,
        "concurrency": concurrency, "budget_usd": budget_usd, "title": title, "fail_if": fail_if,
        "cache": False if no_cache else None,
    }  # fmt: skip
    request, folder = _request(file, {name: value for name, value in given.items() if value not in (None, [], {})})
    files = Files(junit=junit, html=html, rows=out)
    files.require_places()
    with open_workspace() as space:
        if resume is None:
            experiment = _made(space, request, folder, name, ask=not (yes or as_json))
        else:
            experiment = _known(space, resume, request, folder)
        tell(f"Experiment {experiment.id}: {experiment.title} (if it breaks off, go on with --resume {experiment.id})")
        settings = request.settings
        future = space.experiments.resume(experiment.id, budget_usd=settings.budget_usd, concurrency=concurrency)
        raise typer.Exit(brought_out(space, experiment.id, future, files, request.fail_if, as_json=as_json))


def brought_out(
    space: Workspace,
    experiment_id: str,
    future: Future[Progress],
    files: Files,
    fail_if: str | None,
    *,
    as_json: bool,
) -> int:
    """Waits for an experiment that was started, hands out what came of it, and returns the exit code."""
    from app.cli.eval_outcome import deliver

    carried = carry(space, experiment_id, future, watch=not as_json)
    return deliver(
        space.storage,
        space.storage.experiments.get(experiment_id),
        carried.progress,
        files=files,
        fail_if=fail_if,
        wall_s=carried.wall_s,
        interrupted=carried.interrupted,
        as_json=as_json,
    )


def _request(file: Path | None, given: dict[str, Any]) -> tuple[ExperimentRequest, Path]:
    """Returns what is asked for, and the folder that the paths in it start from."""
    from app.experiment.request import ExperimentRequest, read_request, reason_of

    asked = ExperimentRequest() if file is None else read_request(file)
    folder = HERE if file is None else file.parent
    # Paths that were typed start from here, those in the file from its folder.
    typed = {"pipelines": [_typed(name) for name in given.get("pipelines", ())], "data": _typed(given.get("data", ""))}
    try:
        return asked.with_changes({**given, **{name: value for name, value in typed.items() if value}}), folder
    except ValidationError as error:
        raise typer.BadParameter(reason_of(error)) from None


def _typed(name: str) -> str:
    return str(Path(name).absolute()) if name and Path(name).is_file() else name


def _made(space: Workspace, request: ExperimentRequest, folder: Path, name: str | None, *, ask: bool) -> Experiment:
    """Stores the experiment that is asked for, once its estimate was shown; `name` is the id that it gets."""
    from app.experiment.preparation import prepare
    from pipelines.experiment.scoring import scorer_names
    from pipelines.statistics.gate import require_condition

    _require_free(space, name)
    prepared = prepare(space, request, folder)
    names = scorer_names(prepared.experiment.scorers)
    if request.fail_if is not None:
        require_condition(request.fail_if, names, pipelines=len(prepared.experiment.contenders))
    if not request.scorers:
        tell(f"Scored by {names[0]}, which suits these rows; name another with --scorer.")
    estimate = _estimate(space, prepared)
    if ask and estimate is not None and _costs(estimate) and request.settings.budget_usd is None and _is_terminal():
        typer.confirm("No --budget-usd is set. Go on?", default=True, abort=True, err=True)
    told = {"estimate": None if estimate is None else estimate.model_dump(mode="json")}
    return space.experiments.create(prepared.experiment.model_copy(update=told | ({"id": name} if name else {})))


def _require_free(space: Workspace, name: str | None) -> None:
    if name is None:
        return
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name) or name == "latest":
        raise typer.BadParameter(f"'{name}' is no id; it has up to 64 letters, digits, dots, hyphens and underscores")
    if any(info.id == name for info in space.storage.experiments.list()):
        raise AlreadyThere(f"There is an experiment '{name}' already; go on with it by --resume {name}.")


def _known(space: Workspace, name: str, request: ExperimentRequest, folder: Path) -> Experiment:
    """Returns a stored experiment that is what is asked for, as far as that is said."""
    from app.experiment.preparation import require_same
    from app.experiment.reading import find_experiment
    from pipelines.experiment.scoring import scorer_names
    from pipelines.statistics.gate import require_condition

    experiment = find_experiment(space.storage, name)
    require_same(space, request, experiment, folder)
    if request.fail_if is not None:
        require_condition(request.fail_if, scorer_names(experiment.scorers), pipelines=len(experiment.contenders))
    return experiment


def _estimate(space: Workspace, prepared: Prepared) -> Estimate | None:
    from app.experiment.estimation import predicted

    experiment = prepared.experiment
    try:
        found = predicted(space, experiment.contenders, prepared.examples, experiment.settings)
    except RouteloomError as error:
        tell(f"No estimate: {error}")
        return None
    total, notional = found.total_cost_usd, any(part.notional for part in found.contenders)
    money = f"at least {cost_text(found.at_least_usd)}, a price is unknown"
    if total is not None:
        low, middle, high = (cost_text(value, notional=notional) for value in (total.p05, total.p50, total.p95))
        money = f"{middle} ({low} to {high}) at list price"
    shortest, likely, longest = (
        duration_text(value) for value in (found.wall_s.p05, found.wall_s.p50, found.wall_s.p95)
    )
    tell(f"Estimate: {found.rows:,} rows, {money}, {likely} ({shortest} to {longest}).")
    for note in dict.fromkeys(note for part in found.contenders for note in part.notes):
        tell(f"  {note}")
    return found


def _costs(estimate: Estimate) -> bool:
    """Says whether somebody may send a bill."""
    parts = [part for part in estimate.contenders if not part.notional]
    return any(part.total_cost_usd is None or part.total_cost_usd.p95 > 0.0 for part in parts)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()

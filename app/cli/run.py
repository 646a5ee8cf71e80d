"""`routeloom run`: one question, or a file of questions, through a pipeline."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from app.cli.answer import batch_answer, batch_status, run_answer
from app.cli.home import open_workspace
from app.cli.live import LiveView
from app.cli.output import FAILED, STOPPED, console, print_json, print_text, tell
from app.cli.question import question, read_questions
from app.cli.trace import cost, duration, waterfall
from pipelines.error import RunCancelled
from pipelines.event import AnyEvent, EventSink, RunStarted
from pipelines.run import Budget, Run, RunSettings, RunStatus
from pipelines.value import Query

if TYPE_CHECKING:
    from app.workspace import Workspace

Ask = Callable[["Workspace", Query, Budget, EventSink | None], Run]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run")(run)


def run(
    pipeline: Annotated[str | None, typer.Argument(help="A slug, slug@version, or a file.", show_default=False)] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="The question.", show_default=False)] = None,
    input_file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            help="A file: text, JSON {query, tags, documents}, or JSONL for many questions; - is standard input.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model of every node that names none.", show_default="the default model")
    ] = None,
    budget_usd: Annotated[
        float | None, typer.Option(min=0.0, help="Most USD to spend, all questions together.", show_default=False)
    ] = None,
    budget_seconds: Annotated[float | None, typer.Option(min=0.001, help="Most seconds.", show_default=False)] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Most calls to models.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(min=0, max=2_147_483_647, help="The same seed gives the same run.")] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask again what was answered before.")] = False,
    tag: Annotated[
        list[str] | None, typer.Option(help="A tag of the question; repeatable.", show_default=False)
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, max=1_024, help="How many questions at a time; with a budget one after the other.")
    ] = 8,
    trace: Annotated[bool, typer.Option("--trace", help="Show what every node did.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Take up an interrupted run instead.", show_default=False)
    ] = None,
) -> None:
    """Run a pipeline on a question and print the answer."""
    if resume is not None:
        if pipeline or query or input_file:
            raise typer.BadParameter("--resume takes up the pipeline and the question of that run; give only its id")
        raise typer.Exit(resume_run(resume, trace=trace, as_json=as_json))
    if pipeline is None or (query is None) == (input_file is None):
        raise typer.BadParameter("name a pipeline, and give its question with either --query TEXT or --input FILE")
    tags = tuple(tag or ())
    queries, many = ((question(query, tags),), False) if query is not None else _read(input_file, tags)

    def ask(workspace: Workspace, one: Query, left: Budget, sink: EventSink | None) -> Run:
        return workspace.run(pipeline, one, model=model, budget=left, seed=seed, cache=not no_cache, on_event=sink)

    budget = _budget(budget_usd, budget_seconds, budget_calls)
    with open_workspace() as workspace:
        if len(queries) > 1 and budget == Budget():
            settings = RunSettings(model=model, seed=seed, cache=not no_cache)
            runs = _run_batch(workspace, workspace.runs_of(pipeline, queries, settings), concurrency, watch=not as_json)
        else:
            runs = _run_all(workspace, queries, budget, ask, watch=not as_json)
    raise typer.Exit(report(runs, not_run=len(queries) - len(runs), many=many, trace=trace, as_json=as_json))


def resume_run(run_id: str, *, trace: bool, as_json: bool) -> int:
    """Takes up an interrupted run, reports it and returns the exit code."""
    with open_workspace() as workspace:

        def take_up(workspace: Workspace, _: Query, __: Budget, sink: EventSink | None) -> Run:
            return workspace.resume(run_id, on_event=sink)

        runs = _run_all(workspace, (Query(text=""),), Budget(), take_up, watch=not as_json)
    return report(runs, not_run=0, many=False, trace=trace, as_json=as_json)


def report(runs: Sequence[Run], *, not_run: int, many: bool, trace: bool, as_json: bool) -> int:
    """Prints what became of the runs and returns the exit code of the first that is not done."""
    for each in runs if trace else ():
        console().print(waterfall(each))
    if as_json:
        print_json(batch_answer(runs, not_run) if many else run_answer(runs[0]))
    for each in runs:
        if each.answer and not as_json:
            print_text(each.answer.text)
        tell(_summary(each))
    if not_run:
        tell(f"{not_run} of {not_run + len(runs)} questions were not asked.")
    return _exit_code(batch_status(runs))


def _budget(usd: float | None, seconds: float | None, calls: int | None) -> Budget:
    try:
        return Budget(usd=usd, seconds=seconds, calls=calls)
    except ValidationError:
        raise typer.BadParameter("a budget is a finite number") from None


def _read(path: Path | None, tags: tuple[str, ...]) -> tuple[tuple[Query, ...], bool]:
    return read_questions(path, tags) if path is not None else ((), False)


def _run_batch(workspace: Workspace, runs: Sequence[Run], concurrency: int, *, watch: bool) -> list[Run]:
    """Runs many questions at a time, with a bar on the terminal."""
    from rich.progress import Progress

    with Progress(console=console(), disable=not watch) as bars:
        bar = bars.add_task("Questions", total=len(runs))
        return workspace.run_many(runs, width=concurrency, on_done=lambda _: bars.advance(bar))


def _run_all(workspace: Workspace, queries: Sequence[Query], budget: Budget, ask: Ask, *, watch: bool) -> list[Run]:
    """Runs one question after the other on what is left of the budget, until it or the patience of the person ends."""
    runs: list[Run] = []
    for query in queries:
        left = _left(budget, runs)
        if left is None:
            break
        runs.append(_run_one(workspace, query, left, ask, watch=watch))
        if runs[-1].status in ("budget", "cancelled"):
            break
    return runs


def _left(budget: Budget, runs: Sequence[Run]) -> Budget | None:
    """Returns the budget less what the runs used, or None where no time is left."""
    usd = None if budget.usd is None else max(0.0, budget.usd - sum(run.totals.cost_usd for run in runs))
    calls = (
        None
        if budget.calls is None
        else max(0, budget.calls - sum(run.totals.calls - run.totals.cached_calls for run in runs))
    )
    if budget.seconds is None:
        return Budget(usd=usd, calls=calls)
    seconds = budget.seconds - sum(run.latency_s for run in runs)
    return Budget(usd=usd, calls=calls, seconds=seconds) if seconds > 0 else None


def _run_one(workspace: Workspace, query: Query, left: Budget, ask: Ask, *, watch: bool) -> Run:
    """Runs one question; a keyboard interrupt stops it and returns what was done until then."""
    started: list[str] = []
    view = LiveView() if watch and sys.stderr.isatty() and sys.stdout.isatty() else None

    def sink(event: AnyEvent) -> None:
        if isinstance(event, RunStarted):
            started.append(event.run_id)
        if view is not None:
            view.on_event(event)

    try:
        with view or nullcontext():
            return ask(workspace, query, left, sink)
    except KeyboardInterrupt:
        stopped = workspace.storage.runs.run(started[0]) if started else None
        if stopped is None:
            raise RunCancelled("The run was stopped before it began.") from None
        return stopped


def _summary(run: Run) -> str:
    totals = run.totals
    words = {
        "done": "Done",
        "failed": "Failed",
        "budget": "Stopped by the budget",
        "cancelled": "Stopped",
        "no_answer": "Ended without an answer: every branch that leads to the Answer stayed silent",
        "running": "Interrupted",
    }
    cached = f" ({totals.cached_calls} from the cache)" if totals.cached_calls else ""
    figures = (
        f"{totals.calls} call{'s' if totals.calls != 1 else ''}{cached}, {cost(totals)}, {duration(run.latency_s)}"
    )
    reason = f": {run.error}" if run.error else "."
    return f"{words[run.status]}{reason}\n{figures}, run {run.id}"


def _exit_code(status: RunStatus) -> int:
    if status == "done":
        return 0
    return STOPPED if status == "cancelled" else FAILED

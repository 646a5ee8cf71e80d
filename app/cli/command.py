"""Puts the commands together and gives every failure its exit code and its one sentence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version as version_of
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli import (
    data,
    diagnosis,
    evaluation,
    experiment,
    export,
    history,
    model,
    outcome,
    outcome_fill,
    outcome_fusion,
    router,
    router_use,
    run,
    studio,
    weight,
    workflow,
)
from app.cli.output import tell_failure
from pipelines.error import RouteloomError, RunCancelled


class _Commands(TyperGroup):
    """Ends the process with the exit code that the contract says; with `--json` a failure is one JSON object."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in given
        try:
            code = super().main(given, *rest, **{**options, "prog_name": "routeloom", "standalone_mode": False})
        except (RouteloomError, typer.TyperException) as error:
            code = tell_failure(error, as_json=as_json)
        except typer.Abort:
            code = 1
        sys.exit(code or 0)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise RunCancelled("Stopped.") from None


app = typer.Typer(
    cls=_Commands,
    help="Compose routed LLM pipelines, run them, and see what they cost.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def routeloom(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Compose routed LLM pipelines, run them, and see what they cost."""
    if version:
        typer.echo(f"routeloom {version_of('routeloom')}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


for part in (studio, run, evaluation, workflow, export, history, diagnosis):
    part.register(app)
weight.register(model.app)
outcome_fill.register(outcome.app)
outcome_fusion.register(outcome.app)
router_use.register(router.app)
app.add_typer(model.app, name="models")
app.add_typer(data.app, name="data")
app.add_typer(outcome.app, name="outcomes")
app.add_typer(router.app, name="router")
app.add_typer(experiment.app, name="experiments")


def main() -> None:
    """Runs the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that lacks a character must not end a run that was paid for.
            stream.reconfigure(errors="backslashreplace")
    app()

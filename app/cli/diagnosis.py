"""`routeloom doctor`: what is installed, what is missing, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import load_config
from app.cli.output import FAILED, cell, console, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.doctor import DatabaseFinding, Diagnosis


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Look at the installation and say what to do next; exit code 1 if it cannot work."""
    from app.doctor import examine

    found = examine(load_config())
    if as_json:
        print_json(found)
    else:
        _print(found)
    if not found.healthy:
        raise typer.Exit(FAILED)


def _print(found: Diagnosis) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for good, what, detail in _lines(found):
        mark = {True: Text("✓", style="green"), False: Text("✗", style="red"), None: Text("·", style="bright_black")}[
            good
        ]
        table.add_row(mark, cell(what), cell(detail))
    screen = console(stderr=False)
    screen.print(table)
    screen.print("\nWhat to do next", style="bold")
    for step in found.next_steps:
        screen.print(f"  • {step}", soft_wrap=True)


def _lines(found: Diagnosis) -> Iterator[tuple[bool | None, str, str]]:
    """Yields a mark (good, bad, or neither), what was looked at, and what was found."""
    yield True, "Python", f"{found.python}, {found.platform}"
    for package in found.packages:
        yield package.version is not None, package.name, package.version or "missing"
    for part in found.optional:
        detail = part.version or f"not installed; it buys {part.buys}: {part.install}"
        yield True if part.version else None, part.name, detail
    for key in found.keys:
        models = ", ".join(key.models)
        yield True if key.present else None, key.name, f"{'seen' if key.present else 'not set'}, for {models}"
    for weight in found.weights:
        yield (
            True if weight.installed else None,
            weight.name,
            f"{'here' if weight.installed else 'not fetched'}: {weight.title}",
        )
    models = ", ".join(found.local_models) or "no server found on this machine"
    yield True if found.local_models else None, "Local models", models
    yield found.database.error is None, "Database", _database_words(found.database)
    port = "free" if found.studio.free else "taken"
    yield True if found.studio.free else None, "Studio", f"{found.studio.host}:{found.studio.port} is {port}"
    yield None, "Data", f"{found.home}, {found.free_disk_gb} GB free"


def _database_words(database: DatabaseFinding) -> str:
    if database.error:
        return database.error
    if not database.exists:
        return f"{database.url}, made at first use"
    size = f"{database.size_bytes / 1e6:.1f} MB, " if database.size_bytes is not None else ""
    runs = len(database.unfinished_runs)
    return f"{database.url}, {size}schema {database.revision}, {database.workflows} workflows, {runs} unfinished runs"

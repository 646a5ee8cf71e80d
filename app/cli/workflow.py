"""The commands for pipelines as documents: validate, list, show, import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import load_config, open_library, open_workspace
from app.cli.output import FAILED, AlreadyThere, cell, console, print_json, print_text, tell

if TYPE_CHECKING:
    from pipelines.graph import Problem
    from storage import Storage

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Reference = Annotated[str, typer.Argument(metavar="PIPELINE", help="A slug, slug@version, or a file.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("list")(list_pipelines)
    app.command("show")(show)
    app.command("validate")(validate)
    app.command("import")(import_file)


def list_pipelines(as_json: AsJson = False) -> None:
    """List the saved workflows and the templates."""
    with open_library() as (storage, _):
        rows = _listed(storage)
    if as_json:
        print_json(rows)
        return
    from rich.table import Table

    table = Table("slug", "name", "version", "kind", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(cell(str(row[key])) for key in ("slug", "name", "version", "kind")))
    console(stderr=False).print(table)


def show(
    reference: Reference,
    as_json: AsJson = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print only the Mermaid text.")] = False,
) -> None:
    """Show a pipeline as a Mermaid drawing, with its problems."""
    from app.mermaid import mermaid as drawn
    from pipelines.graph import find_problems

    if as_json and mermaid:
        raise typer.BadParameter("--json and --mermaid exclude each other; the JSON holds the drawing too")
    with open_library() as (_, library):
        pipeline = library.load(reference)
        source = library.source(reference)._asdict()
        problems = find_problems(pipeline, library=library, routers=library)
    drawing = drawn(pipeline)
    if as_json:
        document = pipeline.model_dump(mode="json")
        print_json({**source, "name": pipeline.name, "problems": problems, "mermaid": drawing, "pipeline": document})
        return
    if not mermaid:
        tell(f"{pipeline.name} ({source['kind']}): {len(pipeline.nodes)} nodes, {len(pipeline.edges)} edges")
        if pipeline.description:
            tell(pipeline.description)
        _tell_problems(problems)
    print_text(drawing.rstrip("\n"))


def validate(
    file: Annotated[Path, typer.Argument(help="The file of a pipeline.")],
    as_json: AsJson = False,
    here: Annotated[
        bool, typer.Option("--here", help="Check too that its models and sub-pipelines exist in this installation.")
    ] = False,
) -> None:
    """Find every problem of a pipeline file; exit code 1 if there is one, 2 if the file cannot be read."""
    from app.library import load_file
    from pipelines.graph import find_problems

    pipeline = load_file(file)
    if here:
        with open_workspace() as workspace:
            problems = workspace.find_problems(pipeline)
    else:
        problems = find_problems(pipeline)
    if as_json:
        runnable = all(problem.severity != "error" for problem in problems)
        print_json({"valid": not problems, "runnable": runnable, "name": pipeline.name, "problems": problems})
    _tell_problems(problems)
    if problems:
        raise typer.Exit(FAILED)
    tell(f"'{pipeline.name}' is valid: {len(pipeline.nodes)} nodes, {len(pipeline.edges)} edges.")


def import_file(
    file: Annotated[Path, typer.Argument(help="The file of a pipeline, or a Langflow, Flowise or Dify export.")],
    slug: Annotated[
        str | None, typer.Option(help="What to call it in commands.", show_default="made from its name")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Save a pipeline file, or an export of Langflow, Flowise or Dify, as a workflow; nothing in it is executed."""
    from app.library import import_any
    from app.model_list import known_entries
    from app.shelf import shelve
    from pipelines.graph import find_problems
    from storage.error import NameTaken

    with open_library() as (storage, library):
        known = [*known_entries(load_config().weights_folder), *storage.models.list()]
        found = import_any(file, known)
        pipeline, report = found.pipeline, found.report
        message = f"Imported from {file.name}"
        try:
            if slug is None:
                info = shelve(storage.workflows, pipeline, message=message)
            else:
                info = storage.workflows.create(pipeline, slug=slug, message=message)
        except NameTaken as error:
            raise AlreadyThere(str(error)) from error
        problems = find_problems(pipeline, library=library, routers=library)
    if as_json:
        row = _row(info.slug, info.name, info.version, "workflow")
        print_json({**row, **report.model_dump(mode="json"), "problems": problems})
    for sentence in report.sentences():
        tell(sentence)
    tell(f"Saved as '{info.slug}'. Run it with: routeloom run {info.slug} --query '...'")
    _tell_problems(problems)


def _listed(storage: Storage) -> list[dict[str, Any]]:
    from app.template import templates

    saved = [_row(info.slug, info.name, info.version, "workflow") for info in storage.workflows.list()]
    taken = {row["slug"] for row in saved}
    return saved + [
        _row(slug, pipeline.name, 1, "template") for slug, pipeline in templates().items() if slug not in taken
    ]


def _row(slug: str, name: str, version: int, kind: str) -> dict[str, Any]:
    return {"slug": slug, "name": name, "version": version, "kind": kind}


def _tell_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        tell(f"{problem.severity.capitalize()}: {problem}")

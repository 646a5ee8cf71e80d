"""`routeloom export`: a pipeline as a document, a drawing, a picture or a program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.home import open_library, open_workspace
from app.cli.output import AlreadyThere, print_json, tell
from app.export import Exported, Form, Theme, export_document, export_program
from pipelines.error import DocumentError
from pipelines.exchange.refusal import ExportRefused


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("export")(export)


def export(
    reference: Annotated[str, typer.Argument(metavar="PIPELINE", help="A slug, slug@version, or a file.")],
    form: Annotated[
        Form, typer.Option("--as", help="json can be imported again; python is a stand-alone LangGraph program.")
    ] = "json",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.", show_default="standard output")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    theme: Annotated[Theme, typer.Option(help="Ground of a picture; auto is light in PNG.")] = "auto",
    model: Annotated[
        str | None,
        typer.Option(help="Python: who answers where a node names no model.", show_default="the default model"),
    ] = None,
    lossy: Annotated[
        bool, typer.Option("--lossy", help="Python: export what cannot be exact as near as possible, and say where.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
) -> None:
    """Write a pipeline as a file: to import again, to look at, or to run without Routeloom."""
    if form == "png" and output is None:
        raise typer.BadParameter("a PNG picture needs a file: add --output FILE")
    if form == "python":
        found = _program(reference, model, lossy=lossy)
    else:
        with open_library() as (_, library):
            found = export_document(library.load(reference), form, theme)
    _remark(found)
    if output is None:
        typer.echo(found.body.decode(), nl=False)
        return
    _write(output, found.body, force=force)
    if as_json:
        remarks = {"inexact": list(found.inexact), "notes": list(found.notes)}
        print_json({"file": str(output), "bytes": len(found.body), "form": form, **remarks})
    tell(f"Wrote {output}.")


def _program(reference: str, model: str | None, *, lossy: bool) -> Exported:
    with open_workspace() as workspace:
        try:
            return export_program(workspace, workspace.library.load(reference), model=model, lossy=lossy)
        except ExportRefused as error:
            for reason in error.reasons:
                tell(f"Not exact: {reason}")
            if error.lossy_helps:
                tell("Add --lossy to export it all the same, as near as possible.")
            raise


def _remark(found: Exported) -> None:
    for sentence in found.inexact:
        tell(f"Not exact: {sentence}")
    for sentence in found.notes:
        tell(f"Note: {sentence}")


def _write(path: Path, body: bytes, *, force: bool) -> None:
    """Writes a new file.

    Raises:
        AlreadyThere: if the file exists and `force` is off.
        DocumentError: if it cannot be written.
    """
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(body)
    except FileExistsError:
        raise AlreadyThere(f"The file '{path}' exists; give another name, or --force to overwrite it.") from None
    except OSError as error:
        raise DocumentError(f"The file '{path}' cannot be written: {error.strerror}.") from None

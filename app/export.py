"""Turns a pipeline into a file of any form: document, drawing, picture or program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pipelines.document import Pipeline

if TYPE_CHECKING:
    from app.workspace import Workspace

Form = Literal["json", "mermaid", "svg", "png", "python"]
Theme = Literal["auto", "light", "dark"]
SUFFIXES: Final[Mapping[Form, str]] = {"json": "json", "mermaid": "mmd", "svg": "svg", "png": "png", "python": "py"}
MIME_TYPES: Final[Mapping[Form, str]] = {
    "json": "application/json",
    "mermaid": "text/vnd.mermaid",
    "svg": "image/svg+xml",
    "png": "image/png",
    "python": "text/x-python",
}


@dataclass(frozen=True)
class Exported:
    """Is a file as bytes.

    Attributes:
        inexact: where an exported program may answer differently.
        notes: what the person has to see to.
    """

    body: bytes
    inexact: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def export_document(pipeline: Pipeline, form: Form, theme: Theme = "auto") -> Exported:
    """Returns a pipeline in any form but a program.

    Raises:
        DocumentError: if it is drawn too far apart for a PNG picture.
    """
    if form == "json":
        return Exported(pipeline.to_json().encode())
    if form == "mermaid":
        from app.mermaid import mermaid

        return Exported(mermaid(pipeline).encode())
    if form == "svg":
        from pipelines.exchange.picture import picture

        return Exported(picture(pipeline, theme).encode())
    if form == "png":
        from pipelines.exchange.raster import raster

        return Exported(raster(pipeline, "dark" if theme == "dark" else "light"))
    raise ValueError("A program is exported by export_program.")


def export_program(
    workspace: Workspace, pipeline: Pipeline, *, model: str | None = None, lossy: bool = False
) -> Exported:
    """Returns a pipeline as a stand-alone LangGraph program; nodes without a model ask `model`, or the default.

    Raises:
        PipelineInvalid: if the pipeline cannot run.
        ExportRefused: if something in it has no exact form, and the export may not be lossy.
        ConfigurationError: if a model or a document set is missing.
    """
    from pipelines.exchange.langgraph_file import langgraph_file
    from pipelines.retrieval.embedder import pick_embedder

    file = langgraph_file(
        pipeline,
        catalogue=workspace.catalogue if model is None else workspace.catalogue.with_default(model),
        library=workspace.library,
        documents=workspace.library,
        embedder_name=pick_embedder(workspace.config.weights_folder).name,
        lossy=lossy,
    )
    return Exported(file.text.encode(), file.inexact, file.notes)

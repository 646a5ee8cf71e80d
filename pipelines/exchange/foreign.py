"""Reads a pipeline from a file of this or another studio; nothing in the file is executed, fetched or opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.catalogue import ModelEntry
from pipelines.document import MAX_EDGES, MAX_NODES, load_pipeline
from pipelines.error import DocumentError
from pipelines.exchange.dify import take_apart_dify
from pipelines.exchange.flowise import take_apart_flowise
from pipelines.exchange.intake.account import imported
from pipelines.exchange.intake.model_match import ModelMatcher
from pipelines.exchange.intake.report import Format, Imported, ImportReport
from pipelines.exchange.intake.untrusted import line_of, list_of, mapping_of, objects_of, parsed_file
from pipelines.exchange.langflow import take_apart_langflow

TAKE_APART = {"langflow": take_apart_langflow, "flowise": take_apart_flowise, "dify": take_apart_dify}
FILE_TYPES = ("json", "yml", "yaml")


def read_any(raw: bytes, models: Iterable[ModelEntry] = (), *, name: str = "") -> Imported:
    """Returns the pipeline in a file of Routeloom, Langflow, Flowise or Dify, with the report of what came over.

    Models of the file become those of `models` that have the same LiteLLM target; a pipeline without a name gets
    `name`. The pipeline may have problems
    (`pipelines.graph.find_problems`); keys and other secrets of the file are never in it or in the report.

    Raises:
        DocumentError: if the file is of no such form, or too large, too deep or too intricate.
    """
    if is_own(raw):
        return Imported(pipeline=load_pipeline(raw), report=ImportReport())
    content = parsed_file(raw)
    source = _format_of(content)
    if source is None:
        raise DocumentError("The file is neither a pipeline of Routeloom nor an export of Langflow, Flowise or Dify.")
    if source == "routeloom":
        return Imported(pipeline=load_pipeline(raw), report=ImportReport())
    _refuse_crowd(content)
    drawing = TAKE_APART[source](content, ModelMatcher(models))
    drawing.name = drawing.name or line_of(name)
    return imported(drawing, source)


def is_own(raw: bytes) -> bool:
    """Says whether a file says of itself, near its beginning, that it is a pipeline of Routeloom."""
    return b'"schema_version"' in raw[:1_000]


def _format_of(content: object) -> Format | None:
    if isinstance(content, list) and content:
        raise DocumentError("The file holds a list; export one flow and import that file.")
    if not isinstance(content, (dict, list)):
        return None
    found = mapping_of(content)
    if objects_of(found.get("flows")):
        raise DocumentError(f"The file holds {len(list_of(found['flows']))} flows; export one and import that file.")
    if found.get("kind") == "app" or ("app" in found and ("workflow" in found or "model_config" in found)):
        return "dify"
    graph = mapping_of(found.get("data")) or found
    nodes = objects_of(graph.get("nodes"))
    if "schema_version" in found or not isinstance(graph.get("edges"), list) or "nodes" not in graph:
        return "routeloom"
    if any("inputs" in mapping_of(node.get("data")) or "inputParams" in mapping_of(node.get("data")) for node in nodes):
        return "flowise"
    return "langflow" if any("node" in mapping_of(node.get("data")) for node in nodes) else "routeloom"


def _refuse_crowd(content: Mapping[str, Any]) -> None:
    """Refuses what is far too much before anything is made of it."""
    workflow = mapping_of(mapping_of(content.get("workflow")).get("graph"))
    for graph in (content, mapping_of(content.get("data")), workflow):
        for name, most in (("nodes", MAX_NODES), ("edges", MAX_EDGES)):
            if len(list_of(graph.get(name))) > most:
                raise DocumentError(f"The file has {len(graph[name]):,} {name}; a pipeline may have at most {most:,}.")

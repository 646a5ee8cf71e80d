"""The field types that node configurations share, each with the widget that edits it.

A form reads the widget name from the field's JSON schema; a type without one gets the plain widget of its Python type.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

ModelName = Annotated[str | None, Field(max_length=120, json_schema_extra={"widget": "model"})]
"""Catalogue name of a model; None takes the default model of the run."""

PromptText = Annotated[str, Field(max_length=100_000, json_schema_extra={"widget": "prompt"})]
"""Text over several lines, with `{placeholders}` where the field says so."""

Condition = Annotated[str, Field(max_length=2_000, json_schema_extra={"widget": "condition"})]
"""A safe expression over `text`, `length`, `words`, `language` and `tags`."""

DocumentSetName = Annotated[str | None, Field(max_length=120, json_schema_extra={"widget": "document_set"})]
"""Name of an attached document set."""

PipelineReference = Annotated[str, Field(max_length=160, json_schema_extra={"widget": "pipeline"})]
"""Saved pipeline: `slug` or `slug@version`."""

RouterReference = Annotated[str, Field(max_length=160, json_schema_extra={"widget": "router"})]
"""Trained router: `name` or `name@version`."""

Lines = Annotated[tuple[str, ...], Field(max_length=1_000, json_schema_extra={"widget": "lines"})]
"""One text a line."""

JsonSchema = Annotated[dict[str, Any] | None, Field(json_schema_extra={"widget": "json"})]
"""A JSON schema, or None."""

BranchName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_\-]{0,63}$")]
"""Name of a branch: it is the name of an output port."""

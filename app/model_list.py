"""The models that the catalogue knows before anybody adds one: embedded ones and well-known hosted ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson

from app.template import ASSETS
from pipelines.catalogue import ModelEntry
from pipelines.weights import embedded_entries


def known_entries(weights_folder: Path) -> list[ModelEntry]:
    """Returns the embedded models of the folder and the hosted models of the shipped list."""
    return [*_hosted(), *embedded_entries(weights_folder)]


@cache
def _hosted() -> tuple[ModelEntry, ...]:
    """Returns the shipped list; its prices carry the day on which they were noted."""
    rows = orjson.loads((ASSETS / "models.json").read_bytes())
    return tuple(ModelEntry.model_validate(row) for row in rows)

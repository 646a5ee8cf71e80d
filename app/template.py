"""The pipelines that ship with the product."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipelines.document import Pipeline, load_pipeline

ASSETS = Path(__file__).parents[1] / "assets"


@cache
def templates() -> dict[str, Pipeline]:
    """Returns the shipped pipelines by slug, in the order a newcomer should meet them."""
    loaded = {path.stem: load_pipeline(path.read_bytes()) for path in sorted((ASSETS / "templates").glob("*.json"))}
    return {slug.partition("-")[2]: pipeline for slug, pipeline in loaded.items()}

"""The pipelines that ship with the product, by theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipelines.document import Pipeline, load_pipeline

ASSETS = Path(__file__).parents[1] / "assets"


@cache
def templates() -> dict[str, Pipeline]:
    """Returns the shipped pipelines by slug, in the order a newcomer should meet them."""
    return {_slug(path): load_pipeline(path.read_bytes()) for path in _files()}


@cache
def themes() -> Mapping[str, tuple[str, ...]]:
    """Returns the slugs of the shipped pipelines by theme: a theme is a folder, such as `1-first-steps`."""
    found: dict[str, tuple[str, ...]] = {}
    for path in _files():
        theme = path.parent.name.partition("-")[2].replace("-", " ").capitalize()
        found[theme] = (*found.get(theme, ()), _slug(path))
    return found


def _files() -> list[Path]:
    return sorted((ASSETS / "templates").glob("*/*.json"))


def _slug(path: Path) -> str:
    return path.stem.partition("-")[2]

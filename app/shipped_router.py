"""The routers that ship with the product: recipes in `assets/routers/`, trained when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from app.template import ASSETS
from pipelines.record import Record

if TYPE_CHECKING:
    from pipelines.trained import TrainedRouter

LEARNED: Final = 0.7
"""Share of the rows that a router learns from."""
_TRAINING: Final = Lock()


class Recipe(Record):
    """Says how a router is trained on a table that ships with the product.

    Attributes:
        title: what people read.
        table: folder of `assets/outcomes/`.
        models: the columns that take part.
        strategy: kind and fields.
    """

    title: str
    table: str
    models: tuple[str, ...]
    strategy: dict[str, Any]


@cache
def recipes() -> Mapping[str, Recipe]:
    """Returns the recipes by the name of their router."""
    found = sorted((ASSETS / "routers").glob("*.json"))
    return {path.stem: Recipe.model_validate_json(path.read_bytes()) for path in found}


def shipped_router(name: str) -> TrainedRouter:
    """Returns the router of a recipe, trained once in each process; the same recipe gives the same router."""
    with _TRAINING:
        return _trained(name)


@cache
def _trained(name: str) -> TrainedRouter:
    from pydantic import TypeAdapter

    from pipelines.outcome.folder import read_folder
    from pipelines.outcome.split import split_table
    from pipelines.routers import AnyRouter
    from pipelines.trained import TrainedRouter

    recipe = recipes()[name]
    table = read_folder(ASSETS / "outcomes" / recipe.table).columns(recipe.models)
    strategy = TypeAdapter(AnyRouter).validate_python(recipe.strategy)
    # Without judging it, which takes longer than training; the other rows stay unseen for those who want to.
    train, _ = split_table(table, (LEARNED, 1 - LEARNED), seed=0)
    split = f"{LEARNED:.0%} of {table.name} at random, whole groups, seed 0"
    return TrainedRouter.fit(name, strategy, train, split=split, title=recipe.title)

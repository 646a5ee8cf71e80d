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

    from app.router_training import train_router
    from pipelines.outcome.folder import read_folder
    from pipelines.routers import AnyRouter

    recipe = recipes()[name]
    table = read_folder(ASSETS / "outcomes" / recipe.table).columns(recipe.models)
    strategy = TypeAdapter(AnyRouter).validate_python(recipe.strategy)
    router, _ = train_router(name, strategy, table, title=recipe.title)
    return router

"""The learned routing strategies: the folder is the registry, a file is a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.learned import LearnedStrategy
from pipelines.registry import classes_in


@cache
def router_kinds() -> Mapping[str, type[LearnedStrategy]]:
    """Returns every strategy class by its kind, in the order of their titles."""
    found = [(kind, cls) for kind, cls in classes_in(__name__, __path__) if issubclass(cls, LearnedStrategy)]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyRouter = LearnedStrategy
else:
    AnyRouter = Annotated[reduce(or_, router_kinds().values()), Field(discriminator="kind")]
    """Any learned strategy of this folder, told apart by its `kind`."""

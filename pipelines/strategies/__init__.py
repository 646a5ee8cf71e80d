"""The routing strategies: the folder is the registry, a file is a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.registry import classes_in
from pipelines.strategy import Strategy


@cache
def strategy_kinds() -> Mapping[str, type[Strategy]]:
    """Returns every strategy class by its kind, in the order of their titles."""
    found = [(kind, cls) for kind, cls in classes_in(__name__, __path__) if issubclass(cls, Strategy)]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyStrategy = Strategy
else:
    AnyStrategy = Annotated[reduce(or_, strategy_kinds().values()), Field(discriminator="kind")]
    """Any strategy of this folder, told apart by its `kind`."""

"""The learned routing strategies: the folder is the registry, a file is a strategy."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.learned import LearnedStrategy


@cache
def router_kinds() -> Mapping[str, type[LearnedStrategy]]:
    """Returns every strategy class by its kind, in the order of their titles."""
    found = []
    for module_info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{module_info.name}")
        found += [
            (module_info.name, value)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, LearnedStrategy) and value.__module__ == module.__name__
        ]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyRouter = LearnedStrategy
else:
    AnyRouter = Annotated[reduce(or_, router_kinds().values()), Field(discriminator="kind")]
    """Any learned strategy of this folder, told apart by its `kind`."""

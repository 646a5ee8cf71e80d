"""The scorers: the folder is the registry, a file is a scorer."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.scorer import Scorer


@cache
def scorer_kinds() -> Mapping[str, type[Scorer]]:
    """Returns every scorer class by its kind, in the order of their titles."""
    found = []
    for module_info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{module_info.name}")
        found += [
            (module_info.name, value)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Scorer) and value.__module__ == module.__name__
        ]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyScorer = Scorer
else:
    AnyScorer = Annotated[reduce(or_, scorer_kinds().values()), Field(discriminator="kind")]
    """Any scorer of this folder, told apart by its `kind`."""

"""The featurizers: the folder is the registry, a file is a way to turn questions into numbers."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.featurizer import Featurizer


@cache
def featurizer_kinds() -> Mapping[str, type[Featurizer]]:
    """Returns every featurizer class by its kind, in the order of their titles."""
    found = []
    for module_info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{module_info.name}")
        found += [
            (module_info.name, value)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Featurizer) and value.__module__ == module.__name__
        ]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyFeaturizer = Featurizer
else:
    AnyFeaturizer = Annotated[reduce(or_, featurizer_kinds().values()), Field(discriminator="kind")]
    """Any featurizer of this folder, told apart by its `kind`."""

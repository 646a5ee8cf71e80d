"""The importers of recorded outcomes: the folder is the registry, a file is a format."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from pipelines.outcome.importer import Importer


@cache
def importer_kinds() -> Mapping[str, type[Importer]]:
    """Returns every importer class by its kind, in the order of their titles."""
    found = []
    for module_info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{module_info.name}")
        found += [
            (module_info.name, value)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Importer) and value.__module__ == module.__name__
        ]
    return dict(sorted(found, key=lambda item: item[1].title))

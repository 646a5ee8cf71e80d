"""The node kinds: the folder is the registry, a file is a kind."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from pipelines.node import GROUPS, Node


@cache
def node_kinds() -> Mapping[str, type[Node]]:
    """Returns every node class by its kind, in the order of the palette: by group, then by title."""
    found = []
    for module_info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{module_info.name}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Node) and value.__module__ == module.__name__
        ]
    order = list(GROUPS)
    return {cls.kind: cls for cls in sorted(found, key=lambda cls: (order.index(cls.group), cls.title))}

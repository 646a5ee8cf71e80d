"""The node kinds: the folder is the registry, a file is a kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipelines.node import GROUPS, Node
from pipelines.registry import classes_in


@cache
def node_kinds() -> Mapping[str, type[Node]]:
    """Returns every node class by its kind, in the order of the palette: by group, then by title."""
    found = [cls for _, cls in classes_in(__name__, __path__) if issubclass(cls, Node)]
    order = list(GROUPS)
    return {cls.kind: cls for cls in sorted(found, key=lambda cls: (order.index(cls.group), cls.title))}

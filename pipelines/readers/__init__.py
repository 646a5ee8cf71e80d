"""The data-set readers: the folder is the registry, a file is a format."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipelines.reader import Reader
from pipelines.registry import classes_in


@cache
def reader_kinds() -> Mapping[str, type[Reader]]:
    """Returns every reader class by its kind, in the order of their titles."""
    found = [(kind, cls) for kind, cls in classes_in(__name__, __path__) if issubclass(cls, Reader)]
    return dict(sorted(found, key=lambda item: item[1].title))

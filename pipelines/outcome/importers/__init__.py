"""The importers of recorded outcomes: the folder is the registry, a file is a format."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipelines.outcome.importer import Importer
from pipelines.registry import classes_in


@cache
def importer_kinds() -> Mapping[str, type[Importer]]:
    """Returns every importer class by its kind, in the order of their titles."""
    found = [(kind, cls) for kind, cls in classes_in(__name__, __path__) if issubclass(cls, Importer)]
    return dict(sorted(found, key=lambda item: item[1].title))

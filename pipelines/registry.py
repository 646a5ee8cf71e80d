"""What every folder that is a registry does: a file is a kind, and the class in it is found by looking."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module


def classes_in(package: str, folders: Iterable[str]) -> Iterator[tuple[str, type]]:
    """Yields the classes that the modules of a package define, each with the name of its file."""
    for each in pkgutil.iter_modules(folders):
        module = import_module(f"{package}.{each.name}")
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__:
                yield each.name, value

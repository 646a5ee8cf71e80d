"""Writers of exported nodes: the folder is the registry, a file writes the kind that it is named after."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pipelines.exchange.draft import Body, NodeDraft

Writer = Callable[[Any, NodeDraft], Body]


@cache
def writers() -> Mapping[str, Writer]:
    """Returns the function that writes the body of a node, by kind."""
    return {each.name: import_module(f"{__name__}.{each.name}").write for each in pkgutil.iter_modules(__path__)}

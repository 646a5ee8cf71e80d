"""Follows sub-pipelines into the library, and refuses those that would never end or grow out of hand."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError

from pipelines.document import MAX_NODES, Pipeline
from pipelines.error import ConfigurationError
from pipelines.nodes import node_kinds
from pipelines.plan import build_node
from pipelines.store import PipelineLibrary

MAX_NESTING = 8
MAX_NODES_IN_ALL = 10 * MAX_NODES


class _Size(NamedTuple):
    depth: int
    nodes: int


class Nesting:
    """Knows how deep and how large pipelines of a library are with everything inside; each is looked at once."""

    def __init__(self, library: PipelineLibrary) -> None:
        """Takes the library."""
        self._library = library
        self._sizes: dict[str, _Size] = {}

    def check(self, reference: str, outer: str) -> None:
        """Does nothing for a pipeline that may stand inside the one named `outer`.

        Raises:
            NotFound: if it, or one inside it, does not exist.
            ConfigurationError: if they contain each other, or are nested too deeply, or have too many nodes together.
        """
        self._size(reference, (f"this pipeline ({outer})",))

    def _size(self, reference: str, path: tuple[str, ...]) -> _Size:
        route = " → ".join((*path, reference))
        if reference in path:
            raise ConfigurationError(f"The sub-pipelines contain each other: {route}.")
        if len(path) > MAX_NESTING:
            raise ConfigurationError(f"The sub-pipelines are nested deeper than {MAX_NESTING}: {route}.")
        if reference not in self._sizes:
            pipeline = self._library.pipeline(reference)
            inner = [self._size(deeper, (*path, reference)) for deeper in _references(pipeline)]
            depth = 1 + max((size.depth for size in inner), default=0)
            self._sizes[reference] = _Size(depth, len(pipeline.nodes) + sum(size.nodes for size in inner))
        size = self._sizes[reference]
        if len(path) - 1 + size.depth > MAX_NESTING:
            raise ConfigurationError(f"The sub-pipelines are nested deeper than {MAX_NESTING} below {route}.")
        if size.nodes > MAX_NODES_IN_ALL:
            raise ConfigurationError(
                f"The pipeline '{reference}' has {size.nodes:,} nodes with all that is inside it;"
                f" at most {MAX_NODES_IN_ALL:,} can run."
            )
        return size


def _references(pipeline: Pipeline) -> list[str]:
    found: list[str] = []
    for spec in pipeline.nodes:
        if spec.kind in node_kinds() and spec.executes:
            try:
                found += build_node(spec).pipeline_references()
            except ValidationError:
                continue
    return found

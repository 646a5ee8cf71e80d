"""What the domain needs from a place that remembers; the storage layer implements it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from pipelines.chat import Call
from pipelines.document import Pipeline
from pipelines.error import ConfigurationError, NotFound
from pipelines.run import Run, Span
from pipelines.value import Document

if TYPE_CHECKING:
    from pipelines.trained import TrainedRouter


class CallStore(Protocol):
    """Remembers calls, so that nothing is bought twice."""

    async def cached(self, key: str) -> Call | None:
        """Returns a successful call with that key from any run, or None."""

    async def history(self, run_id: str) -> Sequence[Call]:
        """Returns every call of a run, failed ones too, in the order of writing."""

    async def put(self, call: Call) -> None:
        """Stores a call and returns once it would survive the death of the process."""


class RunStore(Protocol):
    """Remembers runs and their spans."""

    async def begin(self, run: Run) -> None:
        """Stores a run before its first call; stored again for a resumed run."""

    async def finish(self, run: Run) -> None:
        """Stores the end of a run with its spans."""

    async def add_span(self, run_id: str, span: Span) -> None:
        """Stores a finished span; may return before it is on disk."""


class PipelineLibrary(Protocol):
    """Finds saved pipelines by reference: `slug` or `slug@version`."""

    def pipeline(self, reference: str) -> Pipeline:
        """Returns the pipeline, or raises `NotFound`."""


class DocumentLibrary(Protocol):
    """Finds document sets by name."""

    def documents(self, name: str) -> tuple[Document, ...]:
        """Returns the documents of a set, or raises `ConfigurationError`."""


class RouterLibrary(Protocol):
    """Finds trained routers by reference: `name` or `name@version`."""

    def router(self, reference: str) -> TrainedRouter:
        """Returns the router, or raises `NotFound`."""


class MemoryStore:
    """Remembers calls and runs as long as the process lives: for notebooks and tests."""

    def __init__(self) -> None:
        """Starts empty."""
        self.calls: list[Call] = []
        self.runs: dict[str, Run] = {}
        self._answered: dict[str, Call] = {}

    async def cached(self, key: str) -> Call | None:
        """Returns a successful call with that key, or None."""
        return self._answered.get(key)

    async def history(self, run_id: str) -> Sequence[Call]:
        """Returns every call of a run, failed ones too."""
        return [call for call in self.calls if call.run_id == run_id]

    async def put(self, call: Call) -> None:
        """Keeps the call."""
        self.calls.append(call)
        if call.reply is not None:
            self._answered.setdefault(call.key, call)

    async def begin(self, run: Run) -> None:
        """Keeps the run."""
        self.runs[run.id] = run

    async def finish(self, run: Run) -> None:
        """Keeps the end of the run."""
        self.runs[run.id] = run

    async def add_span(self, run_id: str, span: Span) -> None:
        """Does nothing: `finish` brings the spans."""


class MemoryLibrary:
    """Holds named pipelines, document sets and trained routers in memory."""

    def __init__(
        self,
        pipelines: Mapping[str, Pipeline] | None = None,
        documents: Mapping[str, tuple[Document, ...]] | None = None,
        routers: Mapping[str, TrainedRouter] | None = None,
    ) -> None:
        """Takes the pipelines by reference, the documents by name of their set, and the trained routers by name."""
        self._pipelines = dict(pipelines or {})
        self._documents = dict(documents or {})
        self._routers = dict(routers or {})

    def pipeline(self, reference: str) -> Pipeline:
        """Returns the pipeline.

        Raises:
            NotFound: if none has that name.
        """
        if reference not in self._pipelines:
            raise NotFound(f"There is no pipeline '{reference}'; there is {', '.join(self._pipelines) or 'none'}.")
        return self._pipelines[reference]

    def documents(self, name: str) -> tuple[Document, ...]:
        """Returns the documents of a set.

        Raises:
            ConfigurationError: if there is no such set.
        """
        if name not in self._documents:
            known = ", ".join(self._documents) or "none"
            raise ConfigurationError(f"There is no document set '{name}'; there is {known}.")
        return self._documents[name]

    def router(self, reference: str) -> TrainedRouter:
        """Returns the trained router.

        Raises:
            NotFound: if none has that name.
        """
        if reference not in self._routers:
            raise NotFound(f"There is no trained router '{reference}'; there is {', '.join(self._routers) or 'none'}.")
        return self._routers[reference]

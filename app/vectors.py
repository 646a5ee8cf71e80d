"""Embedding models of the catalogue for work outside any run: training, judging and explaining routers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engine.context import ProbeScope
from pipelines.error import ConfigurationError
from pipelines.gateway.litellm_price import makes_vectors
from pipelines.retrieval.kept import KeptEmbedder
from pipelines.service import Embedder
from pipelines.space import Space
from pipelines.vectors import MAKERS

if TYPE_CHECKING:
    from app.workspace import Workspace
    from pipelines.catalogue import ModelEntry
    from pipelines.chat import ChatRequest, Completion


class KeptVectors:
    """Has the vectors of texts, by the embedder of the installation or by a model of the catalogue; kept on disk."""

    def __init__(self, embedder: Embedder, folder: Path, by_model: Callable[[str], Embedder] | None = None) -> None:
        """Takes the embedder, the folder, and what asks a model of the catalogue."""
        self._folder = folder
        self._by_model = by_model
        self._found: dict[str | None, KeptEmbedder] = {None: KeptEmbedder(embedder, folder)}

    def embedder(self, model: str | None = None) -> Embedder:
        """Returns the embedder of the installation, or the model of that name as one.

        Raises:
            ConfigurationError: if there is no such model.
        """
        if model is None:
            return self._found[None]
        if self._by_model is None:
            raise ConfigurationError(f"The model '{model}' cannot be asked for vectors here.")
        made = self._by_model(model)
        known = self._found.get(model)
        # A name may mean another model by now.
        if known is None or known.name != made.name:
            known = self._found[model] = KeptEmbedder(made, self._folder)
        return known

    def space(self, texts: Sequence[str], model: str | None = None) -> Space:
        """Returns the vectors of texts; each is made once in the life of the installation.

        Raises:
            ConfigurationError: if there is no such model.
            ModelError: if it did not answer.
        """
        return asyncio.run(Space.of(self.embedder(model), texts))


def may_make_vectors(entry: ModelEntry) -> bool:
    """Says whether a model of the catalogue may be an embedding model; what a server has is not known."""
    return entry.provider in MAKERS and (entry.provider != "litellm" or makes_vectors(entry.target))


class OutsideModels:
    """Asks the models of an installation from any thread; the records of the calls belong to no run."""

    def __init__(self, workspace: Workspace) -> None:
        """Takes the installation."""
        self._workspace = workspace

    async def complete(self, request: ChatRequest) -> Completion:
        """Returns the answer of a model; see `pipelines.service.Models`."""
        gateway = self._workspace.engine.gateway
        return await asyncio.wrap_future(self._workspace.loop.submit(gateway.complete(request, ProbeScope())))

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the entry of a model.

        Raises:
            ConfigurationError: if there is no such model.
        """
        return self._workspace.catalogue.entry(name)

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Returns how many tokens the text has for a model."""
        gateway = self._workspace.engine.gateway
        return await asyncio.wrap_future(self._workspace.loop.submit(gateway.count_tokens(name, text)))

"""Embedding models of the catalogue for work outside any run: training, judging and explaining routers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pipelines.engine.context import ProbeScope

if TYPE_CHECKING:
    from app.workspace import Workspace
    from pipelines.catalogue import ModelEntry
    from pipelines.chat import ChatRequest, Completion


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

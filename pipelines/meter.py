"""Counts what the calls of a judgement cost, apart from the answer that is judged."""

from __future__ import annotations

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Completion
from pipelines.service import Models


class Metered:
    """Asks models and adds up the price of every answer, that of a repaired one too.

    Attributes:
        cost_usd: what was paid so far.
        list_cost_usd: the same at list price, cached or not.
    """

    def __init__(self, models: Models) -> None:
        """Takes who is asked."""
        self.cost_usd = 0.0
        self.list_cost_usd = 0.0
        self._models = models

    async def complete(self, request: ChatRequest) -> Completion:
        """Returns the answer of a model.

        Raises:
            ModelError: if the call failed after all tries.
            BudgetExceeded: if the call would exceed the budget, before it is made.
        """
        completion = await self._models.complete(request)
        self.cost_usd += completion.cost_usd
        self.list_cost_usd += completion.list_cost_usd
        return completion

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the catalogue entry of that name, or of the default model of the run for None."""
        return self._models.entry(name)

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Returns how many tokens the text has for that model."""
        return await self._models.count_tokens(name, text)

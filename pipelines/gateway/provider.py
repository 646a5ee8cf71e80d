"""What the gateway needs from a provider of models; one object serves every entry of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from pipelines.catalogue import ModelEntry, Price
from pipelines.chat import ChatRequest, Reply

TokenSink = Callable[[str], None]


class ChatProvider(Protocol):
    """Asks models; makes one try per call, neither retries nor caches."""

    async def complete(self, entry: ModelEntry, request: ChatRequest, on_token: TokenSink | None) -> Reply:
        """Returns the reply, having handed its text to `on_token` piece by piece where that is given.

        Raises:
            ModelError: if the model did not answer; its `usage` says what was used all the same.
            ConfigurationError: if the entry cannot be asked at all.
        """

    async def aclose(self) -> None:
        """Gives back connections and memory; a later call may open them again."""


@runtime_checkable
class TokenCounter(Protocol):
    """Is a provider that has the tokenizers of its models at hand."""

    async def count_tokens(self, entry: ModelEntry, text: str) -> int | None:
        """Returns how many tokens the text has, or None where this model's tokenizer is not at hand."""


@runtime_checkable
class PriceList(Protocol):
    """Is a provider that knows what its models cost."""

    def price_of(self, target: str) -> Price | None:
        """Returns the price of a model by its provider's name, or None where it is not known."""

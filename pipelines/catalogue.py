"""The catalogue: every model a pipeline may ask, with its price, its limits and where it is reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipelines.chat import Usage
from pipelines.error import ConfigurationError
from pipelines.record import Record
from pipelines.trait import ModelTraits

Provider = Literal["litellm", "openai_compatible", "embedded", "replay", "scripted"]
UsdPerMtok = Annotated[float, Field(ge=0.0, le=1e6)]
TOKENS_PER_MTOK = 1_000_000


class Price(Record):
    """Is what a model costs, in USD per million tokens, with the day and the source of the number.

    `notional` marks a price that nobody charges: an embedded model carries one so that cost charts mean something.
    """

    input_usd_per_mtok: UsdPerMtok
    output_usd_per_mtok: UsdPerMtok
    cached_input_usd_per_mtok: UsdPerMtok | None = None
    as_of: date
    source: str = Field(default="", max_length=300)
    notional: bool = False

    def cost_usd(self, usage: Usage) -> float:
        """Returns what the tokens cost at this price."""
        cached = min(usage.cached_input_tokens, usage.input_tokens)
        cached_price = self.cached_input_usd_per_mtok
        cached_price = self.input_usd_per_mtok if cached_price is None else cached_price
        total = (
            (usage.input_tokens - cached) * self.input_usd_per_mtok
            + cached * cached_price
            + usage.output_tokens * self.output_usd_per_mtok
        )
        return total / TOKENS_PER_MTOK


class ModelEntry(Record):
    """Is one model of the catalogue.

    Attributes:
        name: what pipelines call it.
        target: what the provider calls it: a LiteLLM model string, the `model` of an OpenAI-compatible server, a weight
            file or a recorded table.
        base_url: only for `openai_compatible` and LiteLLM providers that need one.
        key_env: environment variable (or keyring entry) that holds the key; never the key.
        context_window: tokens of input and output together, or None where unknown.
        traits: what routers that are asked for small, recent or open models look at.
    """

    name: str = Field(min_length=1, max_length=120)
    provider: Provider
    target: str = Field(min_length=1, max_length=500)
    base_url: str | None = Field(default=None, max_length=500)
    key_env: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]{0,99}$")
    price: Price | None = None
    context_window: int | None = Field(default=None, ge=1)
    max_output_tokens: int | None = Field(default=None, ge=1)
    max_concurrency: int = Field(default=64, ge=1, le=4_096)
    timeout_s: float = Field(default=120.0, gt=0.0, le=3_600.0, description="Total deadline of a call, all tries.")
    supports_logprobs: bool = True
    supports_json_schema: bool = True
    traits: ModelTraits = ModelTraits()
    note: str = Field(default="", max_length=500)

    def cost_usd(self, usage: Usage) -> float:
        """Returns the list price of the tokens, 0 where no price is known."""
        return self.price.cost_usd(usage) if self.price else 0.0


class Catalogue:
    """Holds the models by name and knows which one is asked when a pipeline names none."""

    def __init__(self, entries: Iterable[ModelEntry] = (), default: str | None = None) -> None:
        """Takes the entries, later ones replacing earlier ones of the same name, and the name of the default."""
        self._entries = {entry.name: entry for entry in entries}
        self.default = default

    def __iter__(self) -> Iterator[ModelEntry]:
        """Yields the entries by name."""
        return iter(sorted(self._entries.values(), key=lambda entry: entry.name))

    def __contains__(self, name: object) -> bool:
        """Says whether a model of that name is there."""
        return name in self._entries

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the entry of that name, or the default model for None.

        Raises:
            ConfigurationError: if there is no such model.
        """
        wanted = name or self.default
        if wanted is None:
            raise ConfigurationError("No model is named and no default model is set; choose one on the Models page.")
        try:
            return self._entries[wanted]
        except KeyError:
            known = ", ".join(sorted(self._entries)) or "empty"
            raise ConfigurationError(f"The model '{wanted}' is not in the catalogue, which is: {known}.") from None

    def with_default(self, name: str) -> Catalogue:
        """Returns the same catalogue with another default model.

        Raises:
            ConfigurationError: if there is no such model.
        """
        self.entry(name)
        return Catalogue(self._entries.values(), default=name)


def estimate_tokens(text: str) -> int:
    """Returns a rough count of tokens where no tokenizer is at hand: one for every four bytes of UTF-8."""
    return max(1, math.ceil(len(text.encode("utf-8", "replace")) / 4))


def upper_bound_tokens(texts: Mapping[str, str] | Iterable[str]) -> int:
    """Returns what the input tokens of a request cannot exceed: one for each byte of UTF-8 and ten for each turn.

    Digits, keys and rare scripts come as one token a byte in many tokenizers, so nothing less bounds a budget.
    """
    bodies = list(texts.values() if isinstance(texts, Mapping) else texts)
    return sum(len(body.encode("utf-8", "replace")) + 10 for body in bodies)

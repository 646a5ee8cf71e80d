"""Finds the model of the catalogue that a file of another studio means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from pipelines.catalogue import ModelEntry

PROVIDERS: Final[Mapping[str, str]] = {
    "anthropic": "anthropic",
    "deepseek": "deepseek",
    "gemini": "gemini",
    "google": "gemini",
    "groq": "groq",
    "mistral": "mistral",
    "ollama": "ollama",
    "openai": "openai",
    "openrouter": "openrouter",
}
"""What a studio's name of a provider contains, and what LiteLLM calls that provider."""

_FOREIGN_HOSTS = re.compile(r"azure|bedrock|vertex|compatible|custom|localai", re.IGNORECASE)


class ModelMatcher:
    """Knows which models of the catalogue answer to a provider and a model name."""

    def __init__(self, entries: Iterable[ModelEntry] = ()) -> None:
        """Takes the models of the catalogue."""
        self._by_target = {entry.target.lower(): entry.name for entry in entries}

    def match(self, provider: str, model: str) -> str | None:
        """Returns the catalogue name of the model, or None where none has the same LiteLLM target."""
        name = model.strip().lower().removeprefix("models/")
        # The same name on somebody else's servers is another entry with other keys and prices.
        if not name or _FOREIGN_HOSTS.search(provider):
            return None
        words = provider.lower()
        known = next((ours for theirs, ours in PROVIDERS.items() if theirs in words), None)
        if known is not None:
            return self._by_target.get(f"{known}/{name}")
        if provider:
            return None
        hits = [ours for target, ours in self._by_target.items() if target.partition("/")[2] == name]
        return hits[0] if len(hits) == 1 else None

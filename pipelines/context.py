"""How many tokens documents take of a model's window."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pipelines.memo import Memo
from pipelines.retrieval.index import digest
from pipelines.service import Models
from pipelines.value import Document

KEPT_COUNTS = 256

_counts: Memo[tuple[str, str, str], tuple[int, ...]] = Memo(KEPT_COUNTS)


async def token_counts(models: Models, model: str | None, documents: Sequence[Document]) -> tuple[int, ...]:
    """Returns how many tokens each document has for the model, title and text; counted once for the same content."""

    async def count() -> tuple[int, ...]:
        texts = [f"{document.title}\n{document.text}" for document in documents]
        return tuple(await asyncio.gather(*(models.count_tokens(model, text) for text in texts)))

    entry = models.entry(model)
    return await _counts.get((entry.provider, entry.target, digest(documents)), count)


def token_limit(models: Models, model: str | None, share: float, max_tokens: int | None) -> int | None:
    """Returns how many tokens may be read: a share of the window, at most `max_tokens`; None is no limit."""
    window = models.entry(model).context_window
    limits = [*([int(window * share)] if window else []), *([max_tokens] if max_tokens else [])]
    return min(limits, default=None)

"""How many tokens an exported program may read."""

from __future__ import annotations

from typing import Protocol

from pipelines.exchange.draft import NodeDraft


class _Reader(Protocol):
    @property
    def model(self) -> str | None: ...
    @property
    def window_share(self) -> float: ...
    @property
    def max_tokens(self) -> int | None: ...


def token_limit_of(node: _Reader, draft: NodeDraft) -> int | None:
    """Returns how many tokens may be read; None is no limit."""
    entry = draft.entry(node.model)
    if entry.provider == "embedded":
        draft.approximate(
            f"counts tokens as the embedded model '{entry.name}' does, and an exported program estimates them"
        )
    limits = [int(entry.context_window * node.window_share)] if entry.context_window else []
    return min([*limits, *([node.max_tokens] if node.max_tokens else [])], default=None)

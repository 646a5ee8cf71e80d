"""Which embedder an exported program compares texts with."""

from __future__ import annotations

from pipelines.exchange.draft import NodeDraft


def embedding_of(draft: NodeDraft) -> str:
    """Returns the function of the program that embeds texts; only the embedder without weights can be the same."""
    if draft.draft.around.embedder_name.startswith("hashing"):
        return "hashed"
    draft.approximate(
        f"compares meanings by the embedder {draft.draft.around.embedder_name}, and an exported program asks the"
        " embedding model that $EMBEDDING_MODEL names: its scores are others, so try the threshold anew"
    )
    return "embedded"

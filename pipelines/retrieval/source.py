"""Which documents a node may consult: those of the question and those of an attached set."""

from __future__ import annotations

import asyncio

from pipelines.error import ConfigurationError
from pipelines.store import DocumentLibrary
from pipelines.value import Document, Query


async def documents_for(query: Query, name: str | None, library: DocumentLibrary) -> tuple[Document, ...]:
    """Returns the documents of the question, then those of the named set; at least one of them has a text.

    Raises:
        ConfigurationError: if there is no such set, or no text at all.
    """
    attached = await asyncio.to_thread(library.documents, name) if name else ()
    documents = tuple(d for d in (*query.documents, *attached) if d.text.strip())
    if documents:
        return documents
    if name:
        raise ConfigurationError(f"The document set '{name}' holds no text; add documents to it on the Data page.")
    raise ConfigurationError(
        "There is nothing to read: choose a document set, or ask a question that brings documents."
    )

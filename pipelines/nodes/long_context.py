"""The long context: whole documents for a model that can read them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.context import token_counts, token_limit
from pipelines.expected_calls import ExpectedCalls
from pipelines.field import DocumentSetName, ModelName
from pipelines.node import Group, Node
from pipelines.retrieval.source import documents_for
from pipelines.run import Decision, Fired
from pipelines.service import Models
from pipelines.store import DocumentLibrary
from pipelines.value import Document, Passage, Passages, Query, Value
from pipelines.word import word_spans


class LongContext(Node):
    """Brings whole documents, in order, as far as they fit into the model's window.

    What does not fit is cut at the end, between words, with a note where the cut is.

    Source: the long-context arm of LaRA and of Self-Route (Li et al., 2024): the whole text in the prompt.
    """

    title: ClassVar[str] = "Long context"
    group: ClassVar[Group] = "retrieval"
    icon: ClassVar[str] = "book-open-text"
    outputs: ClassVar[dict[str, type[Value]]] = {"documents": Passages}

    document_set: DocumentSetName = Field(
        default=None, description="Documents to bring; empty brings only those of the question."
    )
    model: ModelName = Field(default=None, description="Model that will read them; empty takes the default model.")
    window_share: float = Field(
        default=0.8, gt=0.0, le=1.0, description="Part of the model's window that documents and question may fill."
    )
    max_tokens: int | None = Field(default=None, ge=1, description="Longest text in tokens, however large the window.")

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns nothing: it only looks the model up."""
        return ()

    def summary(self) -> str:
        """Returns what is brought and how much of it."""
        limit = f"at most {self.max_tokens:,} tokens" if self.max_tokens else f"{self.window_share:.0%} of the window"
        return f"{self.document_set or 'documents of the question'} · {limit}"

    async def run(
        self,
        query: Annotated[Query, "The question that the documents are for."],
        library: DocumentLibrary,
        models: Models,
    ) -> Fired:
        """Fires the documents, cut where they are too long.

        Raises:
            ConfigurationError: if the document set is missing or empty.
        """
        documents = await documents_for(query, self.document_set, library)
        counts = await token_counts(models, self.model, documents)
        limit = token_limit(models, self.model, self.window_share, self.max_tokens)
        if limit is not None:
            limit -= await models.count_tokens(self.model, query.text)
        total = sum(counts)
        if limit is None or total <= limit:
            passages = [Passage(title=d.title, text=d.text) for d in documents]
            return _brought(passages, f"{total:,} tokens, all of {_documents(len(documents))}")
        passages = []
        left = limit
        for place, (document, count) in enumerate(zip(documents, counts, strict=True)):
            if count > left:
                passages.append(await self._cut(document, count, left, len(documents) - place - 1, models))
                break
            passages.append(Passage(title=document.title, text=document.text))
            left -= count
        return _brought(passages, f"{total:,} tokens cut to {max(limit, 0):,}")

    async def _cut(self, document: Document, count: int, room: int, left_out: int, models: Models) -> Passage:
        """Returns the longest beginning of the document by whole words that fits into `room` tokens, with a note."""
        ends = [end for _, end in word_spans(document.text)]
        # Counting is slow for long texts, and no beginning is likely to be half as dense as the whole.
        low, high = 0, min(len(ends), 2 * len(ends) * max(room, 0) // count + 10)
        while low < high:
            middle = (low + high + 1) // 2
            begun = f"{document.title}\n{document.text[: ends[middle - 1]]}"
            if await models.count_tokens(self.model, begun) <= room:
                low = middle
            else:
                high = middle - 1
        note = f"[Cut here: {low:,} of {len(ends):,} words fit"
        note += f"; {_documents(left_out)} left out.]" if left_out else ".]"
        text = document.text[: ends[low - 1]] if low else ""
        return Passage(title=document.title, text=f"{text}\n{note}".lstrip())


def _brought(passages: list[Passage], reason: str) -> Fired:
    return Fired(ports={"documents": Passages(passages=tuple(passages))}, decision=Decision(reason=reason))


def _documents(count: int) -> str:
    return f"{count} document{'' if count == 1 else 's'}"

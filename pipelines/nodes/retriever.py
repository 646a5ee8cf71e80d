"""The retriever: it finds the pieces of documents that suit a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.field import DocumentSetName
from pipelines.node import Group, Node
from pipelines.prompt import shortened
from pipelines.retrieval.index import IndexSettings, Method, index_of
from pipelines.retrieval.source import documents_for
from pipelines.run import Decision, Fired
from pipelines.service import Embedder
from pipelines.store import DocumentLibrary
from pipelines.value import Passages, Query, Value


class Retriever(Node):
    """Finds the pieces of an attached document set that suit the question.

    Documents that the question itself brings are searched too.

    Source: retrieval-augmented generation (Lewis et al., 2020) without training: BM25 (Robertson and Zaragoza, 2009),
    dense retrieval (Karpukhin et al., 2020) and their reciprocal rank fusion (Cormack et al., 2009), as in LaRA's
    hybrid search, without its reranker.
    """

    title: ClassVar[str] = "Retriever"
    group: ClassVar[Group] = "retrieval"
    icon: ClassVar[str] = "file-search"
    outputs: ClassVar[dict[str, type[Value]]] = {"documents": Passages}

    document_set: DocumentSetName = Field(
        default=None, description="Documents to search; empty searches only those of the question."
    )
    method: Method = Field(
        default="hybrid", description="bm25 compares words, dense compares meaning, hybrid joins both rankings."
    )
    top_k: int = Field(default=5, ge=1, le=100, description="How many pieces are brought.")
    chunk_words: int = Field(default=120, ge=20, le=2_000, description="Longest piece, in words.")
    overlap_words: int = Field(default=20, ge=0, le=1_000, description="Words that neighbouring pieces may share.")

    def expected_output_tokens(self) -> int:
        """Returns the tokens of the pieces where all are found, at four tokens for three words."""
        return self.top_k * self.chunk_words * 4 // 3

    def summary(self) -> str:
        """Returns what is searched and how."""
        return f"{self.document_set or 'documents of the question'} · {self.method} · top {self.top_k}"

    def problems(self) -> Iterator[str]:
        """Yields what makes pieces impossible."""
        if self.overlap_words >= self.chunk_words:
            yield f"Pieces of {self.chunk_words} words cannot share {self.overlap_words}; choose a smaller overlap."

    async def run(
        self, query: Annotated[Query, "The question to search for."], library: DocumentLibrary, embedder: Embedder
    ) -> Fired:
        """Fires the best pieces, none where nothing suits.

        Raises:
            ConfigurationError: if the document set is missing or empty.
        """
        documents = await documents_for(query, self.document_set, library)
        settings = IndexSettings(method=self.method, chunk_words=self.chunk_words, overlap_words=self.overlap_words)
        index = await index_of(documents, settings, embedder)
        if index is None:
            raise ConfigurationError(f"The {len(documents)} documents to search hold no words.")
        found = await index.search(query.text, self.top_k, embedder)
        best = f", best from '{shortened(found[0].title, 60)}'" if found else ""
        reason = f"{len(found)} of {len(index.pieces)} pieces{best}"
        return Fired(ports={"documents": Passages(passages=found)}, decision=Decision(reason=reason))

"""The RAG-or-long-context branch: read everything where it fits, search where it does not."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from pipelines.catalogue import TOKENS_PER_MTOK
from pipelines.context import token_counts, token_limit
from pipelines.expected_calls import ExpectedCalls
from pipelines.field import DocumentSetName, ModelName
from pipelines.node import Group, Node
from pipelines.retrieval.source import documents_for
from pipelines.run import Decision, Fired
from pipelines.service import Models
from pipelines.store import DocumentLibrary
from pipelines.value import Query, Value


class ContextRouter(Node):
    """Sends the question to retrieval when the documents are too long to be read whole.

    The documents and the question are counted in tokens against the model's window, and against a limit of tokens and
    of money where one is set. A model whose window is unknown has no limit of its own.

    Source: LaRA (Li et al., 2025): long context wins where it fits comfortably, retrieval where it does not, more so
    for weak models; here a rule by length and price, nothing learned.
    """

    title: ClassVar[str] = "RAG or long context"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "library"
    outputs: ClassVar[dict[str, type[Value]]] = {"rag": Query, "long_context": Query}

    document_set: DocumentSetName = Field(
        default=None, description="Documents that would be read; empty counts only those of the question."
    )
    model: ModelName = Field(default=None, description="Model that would read them; empty takes the default model.")
    window_share: float = Field(
        default=0.8, gt=0.0, le=1.0, description="Part of the model's window that documents and question may fill."
    )
    max_tokens: int | None = Field(
        default=None, ge=1, description="Search above this many tokens, even where more would fit."
    )
    max_cost_usd: float | None = Field(
        default=None, gt=0.0, description="Search when reading everything once would cost more than this."
    )

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns nothing: it only looks the model up."""
        return ()

    def summary(self) -> str:
        """Returns the limits."""
        tokens = f"{self.max_tokens:,} tokens" if self.max_tokens else f"{self.window_share:.0%} of the window"
        money = f" or {self.max_cost_usd:g} USD" if self.max_cost_usd else ""
        return f"long context up to {tokens}{money}"

    async def run(
        self, query: Annotated[Query, "The question to route."], library: DocumentLibrary, models: Models
    ) -> Fired:
        """Fires the question towards retrieval or towards the long context.

        Raises:
            ConfigurationError: if the document set is missing or empty.
        """
        documents = await documents_for(query, self.document_set, library)
        counts = await token_counts(models, self.model, documents)
        tokens = sum(counts) + await models.count_tokens(self.model, query.text)
        limit, money = self._limit(models)
        if limit is None:
            reason = f"{tokens:,} tokens, no limit is known: long context"
            return Fired(ports={"long_context": query}, decision=Decision(reason=reason))
        port = "long_context" if tokens <= limit else "rag"
        way = "long context" if tokens <= limit else "retrieval"
        decision = Decision(
            scores={"rag": float(tokens), "long_context": float(limit)},
            threshold=float(limit),
            reason=f"{tokens:,} tokens of {limit:,}{money}: {way}",
        )
        return Fired(ports={port: query}, decision=decision)

    def _limit(self, models: Models) -> tuple[int | None, str]:
        """Returns the tokens that may be read, and a note where money is what limits them."""
        limit = token_limit(models, self.model, self.window_share, self.max_tokens)
        price = models.entry(self.model).price
        if self.max_cost_usd is None or price is None or price.input_usd_per_mtok == 0:
            return limit, ""
        affordable = int(self.max_cost_usd * TOKENS_PER_MTOK / price.input_usd_per_mtok)
        if limit is not None and limit <= affordable:
            return limit, ""
        return affordable, f" for {self.max_cost_usd:g} USD"

"""The services that a node may ask for by the type of a `run` parameter; the engine passes them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.catalogue import ModelEntry
from pipelines.chat import ChatRequest, Completion
from pipelines.record import Record
from pipelines.value import Answer, Query, Text


class Models(Protocol):
    """Asks language models on behalf of one node, inside the budget of the run."""

    async def complete(self, request: ChatRequest) -> Completion:
        """Returns the answer of a model; one whose purpose is `answer` streams to the canvas.

        Raises:
            ModelError: if the call failed after all tries.
            BudgetExceeded: if the call would exceed the budget, before it is made.
        """

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the catalogue entry of that name, or of the default model of the run for None.

        Raises:
            ConfigurationError: if there is no such model.
        """

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Returns how many tokens the text has for that model; an estimate where its tokenizer is not at hand."""


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    name: str

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, n_dimensions) of unit vectors."""


class SubPipelines(Protocol):
    """Runs saved pipelines inside the present run, on its budget and with its seed."""

    async def run(self, reference: str, query: Query) -> Answer | None:
        """Returns the answer, or None where the inner pipeline stayed silent.

        Raises:
            NotFound: if no pipeline has that reference.
            RouteloomError: if the inner pipeline failed.
        """


class Question(Record):
    """Carries the query of the run to the nodes where it enters."""

    query: Query


class Extras(dict[str, Text]):
    """Holds the inputs that a node has beyond the parameters of its `run`, by port name."""

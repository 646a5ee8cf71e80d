"""What a routing strategy is: it scores every candidate for every question, in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.record import Record
from pipelines.service import Embedder
from pipelines.space import Space

Scores = NDArray[np.float64]
"""An array (n_queries, n_candidates); higher is better."""

Need = Literal["nothing", "embedding"]


class Candidate(Record):
    """Is what a router may choose: a model or a branch, with what is known of it beforehand.

    Attributes:
        price_usd_per_mtok: input and output price together, or None where unknown.
    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    price_usd_per_mtok: float | None = Field(default=None, ge=0.0)


class Strategy(Record):
    """Is the base of every strategy; a subclass has a `kind` field with the name of its file.

    Attributes:
        title: what the form calls it.
        need: what it has to be given to score; with `embedding` it gets a `Space` of the questions and the examples.
    """

    title: ClassVar[str]
    need: ClassVar[Need] = "nothing"

    def score(self, queries: Sequence[str], candidates: Sequence[Candidate], space: Space | None = None) -> Scores:
        """Returns an array (n_queries, n_candidates); higher is better. At least one candidate."""
        raise NotImplementedError

    def lack(self, candidate: Candidate) -> str | None:
        """Returns what the strategy would need to know of the candidate and does not, such as `examples`, or None."""
        del candidate
        return None


async def scored(
    strategy: Strategy, queries: Sequence[str], candidates: Sequence[Candidate], embedder: Embedder
) -> Scores:
    """Returns the scores of a strategy, after embedding what it needs embedded."""
    if strategy.need == "nothing":
        return strategy.score(queries, candidates)
    space = await Space.of(embedder, queries, (text for c in candidates for text in c.examples))
    return strategy.score(queries, candidates, space)

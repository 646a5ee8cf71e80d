"""Lets routers decide about all questions of a table at once, and nodes ask about one at a time as ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.service import Embedder, Models
from pipelines.space import Space
from pipelines.store import RouterLibrary
from pipelines.strategy import Scores
from pipelines.trained import TrainedRouter


class ForeseenEmbedder:
    """Embeds all questions of a table the first time one of them is asked for."""

    def __init__(self, inner: Embedder, queries: Sequence[str]) -> None:
        """Takes the embedder and the questions."""
        self.name = inner.name
        self._inner = inner
        self._queries = tuple(dict.fromkeys(queries))
        self._place = {query: number for number, query in enumerate(self._queries)}
        self._vectors: NDArray[np.float32] | None = None

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, n_dimensions) of unit vectors."""
        if not texts or any(text not in self._place for text in texts):
            return await self._inner.embed(texts)
        if self._vectors is None:
            self._vectors = await self._inner.embed(self._queries)
        return self._vectors[[self._place[text] for text in texts]]


@dataclass(frozen=True)
class ForeseenRouter(TrainedRouter):
    """Is a trained router that has predicted all questions of a table already.

    Attributes:
        place: the number of each question among the rows of `scores` and `costs`.
        space: the vectors of the questions, where the router looks at any.
    """

    place: dict[str, int] = field(default_factory=dict)
    scores: Scores = field(default_factory=lambda: np.zeros((0, 0)))
    costs: Scores = field(default_factory=lambda: np.zeros((0, 0)))
    space: Space | None = None

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> tuple[Scores, Scores]:
        """Returns expected scores and expected costs in USD, arrays (n_queries, n_models)."""
        if any(query not in self.place for query in queries):
            return self.strategy.predict(queries, space=space), self.background.costs.predict(queries)
        rows = [self.place[query] for query in queries]
        return self.scores[rows], self.costs[rows]

    async def space_of(self, question: str, embedder: Embedder, models: Models | None = None) -> Space | None:
        """Returns the vectors of all questions of the table, where this is one of them."""
        if question in self.place:
            return self.space
        return await super().space_of(question, embedder, models)


class ForeseenRouters:
    """Gives routers that have predicted the questions of a table."""

    def __init__(self, routers: RouterLibrary, known: dict[str, TrainedRouter]) -> None:
        """Takes the library and the routers by reference that have looked ahead."""
        self._routers = routers
        self._known = known

    def router(self, reference: str) -> TrainedRouter:
        """Returns the router, or raises `NotFound`."""
        return self._known.get(reference) or self._routers.router(reference)


async def foresee(
    routers: RouterLibrary,
    references: Sequence[str],
    queries: Sequence[str],
    embedder: Embedder,
    bought: Callable[[str], Embedder] | None = None,
) -> ForeseenRouters:
    """Returns the library with these routers having predicted all questions.

    Args:
        routers: the library.
        references: of the routers.
        queries: the questions.
        embedder: of this installation.
        bought: who has, by the name of an embedder, the vectors that a model of the catalogue once made.

    Raises:
        NotFound: if there is no such router.
        ConfigurationError: if vectors of a model of the catalogue are not at hand.
    """
    texts = tuple(dict.fromkeys(queries))
    place = {text: number for number, text in enumerate(texts)}
    known: dict[str, TrainedRouter] = {}
    for reference in dict.fromkeys(references):
        router = routers.router(reference)
        name = router.card.embedder
        by_model = router.card.embedding_model is not None and bought is not None
        # With another embedder the node itself refuses, in its own words.
        if name in (None, embedder.name) or by_model:
            source = bought(name) if by_model and bought is not None and name is not None else embedder
            space = None if name is None else await Space.of(source, texts)
            scores, costs = router.predict(texts, space=space)
            parts = (router.card, router.strategy, router.background)
            known[reference] = ForeseenRouter(*parts, place, scores, costs, space)
    return ForeseenRouters(routers, known)

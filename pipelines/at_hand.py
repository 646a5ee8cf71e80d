"""The answers at hand in a pipeline, as a trained router knows their models."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.normalise import Comparison, normalise

if TYPE_CHECKING:
    from pipelines.outcome.table import Floats, Rows
    from pipelines.router_node import RouterNode
    from pipelines.routing.escalation import Evidence
    from pipelines.service import Embedder, Models
    from pipelines.space import Space
    from pipelines.store import RouterLibrary
    from pipelines.trained import TrainedRouter
    from pipelines.value import Answer


@dataclass(frozen=True, slots=True)
class AtHand:
    """Is a trained router, and which of its models wrote which answer.

    Attributes:
        names: catalogue names of the router's models, in its order; the router's own name of a drawn expert.
        columns: column of the model of each answer, None where the router does not know it.
        space: the vector of the question where the router needs one.
    """

    trained: TrainedRouter
    names: tuple[str, ...]
    columns: tuple[int | None, ...]
    space: Space | None

    @classmethod
    async def of(
        cls,
        node: RouterNode,
        question: str,
        answers: Sequence[Answer],
        models: Models,
        routers: RouterLibrary,
        embedder: Embedder,
    ) -> AtHand:
        """Returns the router of a node with the answers in its columns.

        Raises:
            NotFound: if there is no such router.
            ConfigurationError: if the router needs another embedder.
        """
        trained = await asyncio.to_thread(routers.router, node.router.strip())
        known = trained.card.models
        names = tuple(_name(own, name, models) for own, name in zip(known, node.models_behind(known), strict=True))
        columns = tuple(_column(answer, known, names) for answer in answers)
        return cls(trained, names, columns, await trained.space_of(question, embedder, models))

    def evidence(self, answers: Sequence[Answer], compare: Comparison) -> Evidence:
        """Returns one row of what the answers leave behind, as a table records it; NaN where it is not known."""
        from pipelines.routing.escalation import Evidence

        return Evidence(
            votes=self._votes(answers, compare),
            output_tokens=self._row([answer.output_tokens for answer in answers]),
            latency_s=self._row([answer.latency_s for answer in answers]),
        )

    def _row(self, values: Sequence[float | None]) -> Floats:
        """Returns the values in the columns of the models, an array (1, n_models)."""
        row = np.full((1, len(self.names)), np.nan)
        for column, value in zip(self.columns, values, strict=True):
            if column is not None and value is not None:
                row[0, column] = value
        return row

    def _votes(self, answers: Sequence[Answer], compare: Comparison) -> Rows:
        from pipelines.routing.vote import led

        codes = np.full((1, len(self.names)), -1, dtype=np.intp)
        forms: dict[str, int] = {}
        for answer, column in zip(answers, self.columns, strict=True):
            form = normalise(answer.text, compare)
            if column is not None and form and not answer.refused:
                codes[0, column] = forms.setdefault(form, len(forms))
        return led(codes)


def _name(known_as: str, name: str | None, models: Models) -> str:
    """Returns the catalogue name of a model of the router, or the name of an expert that is drawn."""
    try:
        return models.entry(name).name
    except ConfigurationError:
        # The checks of a pipeline have seen that an expert of this name is drawn.
        return known_as


def _column(answer: Answer, known: Sequence[str], names: Sequence[str]) -> int | None:
    if answer.candidate in known:
        return known.index(answer.candidate)
    return names.index(answer.model) if answer.model in names else None

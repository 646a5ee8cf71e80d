"""A trained router as a thing: what it is, what it was trained on, how well it did, and what it learned."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError

from pipelines.error import ConfigurationError, DocumentError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.packed import pack, unpack
from pipelines.record import Record, now
from pipelines.routers import AnyRouter
from pipelines.routing.background import Background
from pipelines.routing.figures import RouterFigures
from pipelines.routing.objective import Objective
from pipelines.service import Embedder, Models
from pipelines.space import Space
from pipelines.strategy import Scores
from pipelines.vectors import ModelEmbedder

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_MISFITS: Final = (KeyError, ValueError, IndexError, TypeError, AttributeError, ArithmeticError)
"""What arithmetic raises on arrays of other shapes and kinds than it learned."""

_STATE: Final = "state/"
_BACKGROUND: Final = "background/"
_STRATEGY: Final[TypeAdapter[LearnedStrategy]] = TypeAdapter(AnyRouter)


class RouterCard(Record):
    """Says what a trained router is, without what it learned.

    Attributes:
        strategy: kind and fields.
        models: as the outcome table calls them, in the order of its scores.
        table, data_hash: the outcome table it was trained on.
        split: how the training rows were chosen, for a person.
        figures: how it did on `n_test` rows it had not seen, or None.
        embedder: name of the embedder whose vectors it needs, or None.
        embedding_model: where that is a model of the catalogue, its name there.
        objective: what is wanted of its choices where nobody says otherwise, or None.
    """

    name: str = Field(pattern=f"^{NAME.pattern}$")
    title: str = Field(default="", max_length=200)
    strategy: dict[str, Any]
    models: tuple[str, ...]
    table: str
    data_hash: str
    split: str = ""
    seed: int = 0
    n_train: int = Field(ge=0)
    fit_s: float | None = None
    figures: RouterFigures | None = None
    n_test: int | None = Field(default=None, ge=0)
    embedder: str | None = None
    embedding_model: str | None = None
    objective: Objective | None = None
    created_at: datetime = Field(default_factory=now)


@dataclass(frozen=True, slots=True)
class TrainedRouter:
    """Predicts score and cost of each of its models for a question.

    Attributes:
        strategy: fitted.
        background: costs, means and seen questions of the training rows.
    """

    card: RouterCard
    strategy: LearnedStrategy
    background: Background

    @classmethod
    def fit(
        cls,
        name: str,
        strategy: LearnedStrategy,
        train: OutcomeTable,
        *,
        space: Space | None = None,
        embedder: str | None = None,
        seed: int = 0,
        **about: Any,
    ) -> TrainedRouter:
        """Returns the strategy trained on these rows; `about` fills further fields of the card.

        A strategy that looks at vectors needs them as `space`, and the name of the `embedder` that made them; of a
        model of the catalogue also its name there, the `embedding_model`.

        Raises:
            DocumentError: if the name is not a slug.
            ConfigurationError: if the table is not enough for the strategy, or the vectors are not given.
        """
        if not NAME.fullmatch(name):
            raise DocumentError(f"'{name}' cannot name a router; use small letters, digits and -, at most 80.")
        if strategy.needs_space and (space is None or embedder is None):
            raise ConfigurationError(
                f"The strategy '{strategy.title}' looks at vectors; give it a space and the name of its embedder."
            )
        began = time.perf_counter()
        fitted = strategy.fit(train, space=space, seed=seed)
        fit_s = time.perf_counter() - began
        return cls.of(name, fitted, train, embedder=embedder, seed=seed, fit_s=fit_s, **about)

    @classmethod
    def of(
        cls,
        name: str,
        fitted: LearnedStrategy,
        train: OutcomeTable,
        *,
        embedder: str | None = None,
        embedding_model: str | None = None,
        seed: int = 0,
        **about: Any,
    ) -> TrainedRouter:
        """Returns a strategy that was fitted on these rows as a trained router; see `fit`.

        Raises:
            DocumentError: if the name is not a slug.
        """
        if not NAME.fullmatch(name):
            raise DocumentError(f"'{name}' cannot name a router; use small letters, digits and -, at most 80.")
        card = RouterCard(
            name=name,
            strategy=fitted.model_dump(mode="json"),
            models=fitted.models,
            table=train.name,
            data_hash=train.content_hash,
            seed=seed,
            embedder=embedder if fitted.needs_space else None,
            embedding_model=embedding_model if fitted.needs_space else None,
            n_train=train.n_queries,
            **about,
        )
        return cls(card=card, strategy=fitted, background=Background.of(train.columns(fitted.models)))

    def with_figures(self, figures: RouterFigures, n_test: int) -> TrainedRouter:
        """Returns this router with how it did on so many rows it had not seen."""
        return replace(self, card=self.card.model_copy(update={"figures": figures, "n_test": n_test}))

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> tuple[Scores, Scores]:
        """Returns expected scores and expected costs in USD, arrays (n_queries, n_models); unknown costs are NaN."""
        return self.strategy.predict(queries, space=space), self.background.costs.predict(queries)

    async def space_of(self, question: str, embedder: Embedder, models: Models | None = None) -> Space | None:
        """Returns the vector of a question, or None where the router looks at none.

        Args:
            question: what is asked.
            embedder: of this installation.
            models: for a router that was trained on the vectors of a model of the catalogue.

        Raises:
            ConfigurationError: if the router was trained on the vectors of another embedder.
            ModelError: if the embedding model did not answer.
        """
        if self.card.embedder is None:
            return None
        if self.card.embedding_model is not None:
            if models is None:
                raise ConfigurationError(
                    f"The router '{self.card.name}' looks at vectors of the model '{self.card.embedding_model}', and no"
                    " model is asked here."
                )
            embedder = ModelEmbedder(models, self.card.embedding_model)
        self.require_embedder(embedder)
        return await Space.of(embedder, [question])

    def require_embedder(self, embedder: Embedder) -> None:
        """Does nothing where the router was trained on the vectors of this embedder.

        Raises:
            ConfigurationError: if it was trained on others.
        """
        if self.card.embedder not in (None, embedder.name):
            raise ConfigurationError(
                f"The router '{self.card.name}' was trained on vectors of '{self.card.embedder}', and this installation"
                f" has '{embedder.name}'; pull the same weights or train it anew."
            )

    def arrays(self) -> bytes:
        """Returns what was learned as a file of arrays."""
        learned = {_STATE + name: array for name, array in self.strategy.state.items()}
        known = {_BACKGROUND + name: array for name, array in self.background.arrays().items()}
        return pack({**learned, **known})

    @classmethod
    def load(cls, card: RouterCard, content: bytes) -> TrainedRouter:
        """Returns the router of a card and the file that `arrays` wrote; nothing is executed.

        Raises:
            DocumentError: if the two do not belong together, or one is not what it claims to be.
        """
        arrays = unpack(content)
        state, known = _under(_STATE, arrays), _under(_BACKGROUND, arrays)
        strategy = _strategy_of(card).with_state(state)
        if "models" not in state or tuple(str(model) for model in state["models"]) != card.models:
            raise DocumentError(f"The arrays of the router '{card.name}' belong to other models than its card names.")
        router = cls(card=card, strategy=strategy, background=Background.from_arrays(known, len(card.models)))
        router._try_out()
        return router

    def _try_out(self) -> None:
        """Scores a question, so that arrays of a wrong shape are told now and not in a run."""
        if self.strategy.needs_space:
            return
        try:
            with np.errstate(all="ignore"):
                scores = self.strategy.predict(["What is two plus two?"])
        except _MISFITS as error:
            raise DocumentError(f"The arrays of the router '{self.card.name}' do not fit together: {error}.") from None
        if scores.shape != (1, len(self.card.models)) or not np.isfinite(scores).all():
            raise DocumentError(
                f"The router '{self.card.name}' scores {scores.shape} for one question and {len(self.card.models)}"
                " models, or not in numbers; its arrays are damaged."
            )


def _strategy_of(card: RouterCard) -> LearnedStrategy:
    try:
        return _STRATEGY.validate_python(card.strategy)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DocumentError(
            f"The strategy of the router '{card.name}' is wrong at '{place}': {first['msg']}."
        ) from None


def _under(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

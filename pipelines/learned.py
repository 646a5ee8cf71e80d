"""What a learned strategy is: hyper-parameters as fields, what it learned as plain arrays, a prediction per model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import PrivateAttr

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record
from pipelines.space import Space
from pipelines.strategy import Scores

State = Mapping[str, NDArray[Any]]
"""Arrays by name: numbers, or text as fixed-width unicode; never objects, so that it is saved without pickle."""

Confidence = NDArray[np.float64]
"""An array (n_queries,) between 0, a stranger to all that was learned from, and 1."""

Food = Literal["nothing", "outcomes", "battles"]


class LearnedStrategy(Record):
    """Is the base of every strategy that learns; a subclass has a `kind` field with the name of its file.

    `fit` returns a new object and leaves this one as it was. What was learned lies in `state`; fields and state
    together are the whole strategy, so it is saved as JSON beside an array file and loaded without running anything.

    Attributes:
        title: what the page calls it.
        food: what it learns from.
        unreproduced: what of the paper is not reproduced, in one sentence for the page, or empty.
    """

    title: ClassVar[str]
    food: ClassVar[Food] = "outcomes"
    unreproduced: ClassVar[str] = ""

    _state: dict[str, NDArray[Any]] | None = PrivateAttr(default=None)

    @property
    def state(self) -> State:
        """Returns what was learned.

        Raises:
            ConfigurationError: if nothing was learned yet.
        """
        if self._state is None:
            raise ConfigurationError(f"The strategy '{self.title}' has not been trained; fit it on outcomes first.")
        return self._state

    @property
    def models(self) -> tuple[str, ...]:
        """Returns the models it can score, in the order of the columns of `predict`."""
        return tuple(str(name) for name in self.state["models"])

    def with_state(self, state: State) -> Self:
        """Returns this strategy with what was learned elsewhere; `models` must be among the arrays."""
        # Not a copy: what this one keeps ready belongs to what it learned itself.
        fitted = type(self)(**{name: getattr(self, name) for name in type(self).model_fields})
        fitted._state = dict(state)
        return fitted

    @property
    def needs_space(self) -> bool:
        """Returns whether it has to be given the vectors of an embedder to fit and to predict."""
        return False

    @abstractmethod
    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns a new strategy that learned from the table; missing cells are not seen as zeros.

        Raises:
            ConfigurationError: if the table is too small or lacks what the strategy learns from.
        """

    @abstractmethod
    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected score of every model for every query, an array (n_queries, n_models)."""

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence | None:
        """Returns how sure the strategy is that it knows such a question; None where it cannot tell."""
        del queries, space
        return None

    @property
    def doubt(self) -> float | None:
        """Returns the confidence below which a question is a stranger, chosen in training; None without a bound."""
        return None

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns why a query is scored as it is, as JSON: neighbours, words, cluster; empty where nothing is told."""
        del query, space
        return {}


def model_names(outcomes: OutcomeTable) -> NDArray[np.str_]:
    """Returns the models of the table as an array for the state."""
    return np.array(outcomes.models, dtype=np.str_)

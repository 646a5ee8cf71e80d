"""What a featurizer is: it turns questions into rows of numbers for an estimator."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipelines.record import Record
from pipelines.space import Space

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Features: TypeAlias = "NDArray[np.float32] | csr_matrix"
"""An array or sparse matrix (n_queries, n_features)."""

Arrays = Mapping[str, NDArray[Any]]


class Lens(Protocol):
    """Looks at questions with what was learned of the training questions."""

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns the rows of numbers; a question of which nothing is known is all zeros."""


@runtime_checkable
class Speaking(Protocol):
    """Is a lens that has names for what it sees."""

    def parts(self, query: str, direction: NDArray[np.float64]) -> dict[str, float]:
        """Returns what each named thing in a question adds to its features times a direction (n_features,)."""


class Featurizer(Record):
    """Is the base of every featurizer; a subclass has a `kind` field with the name of its file.

    Attributes:
        title: what the form calls it.
        needs_space: whether it reads the vectors of an embedder.
    """

    title: ClassVar[str]
    needs_space: ClassVar[bool] = False

    @abstractmethod
    def learn(self, queries: Sequence[str], *, space: Space | None = None, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Returns what it has to know of the training questions (words, weights), as arrays; empty if nothing."""

    @abstractmethod
    def lens(self, learned: Arrays) -> Lens:
        """Returns what turns questions into numbers, made ready once."""

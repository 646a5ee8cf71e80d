"""The outcome table: query x model -> score, cost, tokens, latency, answer; a cell may be missing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipelines.error import DocumentError

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
T = TypeVar("T")


@dataclass(frozen=True)
class OutcomeTable:
    """Holds what every model did on every query, as arrays (n_queries, n_models); NaN where nobody tried.

    Attributes:
        name: what the table is called.
        ids, queries: one of each per row.
        models: one per column.
        score: in [0, 1].
        cost_usd: what the answer cost, or NaN.
        input_tokens, output_tokens, latency_s: as recorded, or NaN.
        answers: the parsed answer of a cell where it was recorded (for votes and agreement), else None.
        tasks: the task of each row, or empty strings; a strategy may learn from it and is never told it when asked.
        groups: rows of one group are never parted by a split; empty strings stand alone.
        splits: the part each row belongs to in the original (`train`, `test`, `ood`), or empty strings.
        options: the number of choices of a row with choices, else 0.
    """

    name: str
    ids: tuple[str, ...]
    queries: tuple[str, ...]
    models: tuple[str, ...]
    score: Floats
    cost_usd: Floats
    input_tokens: Floats
    output_tokens: Floats
    latency_s: Floats
    tasks: tuple[str, ...]
    groups: tuple[str, ...]
    splits: tuple[str, ...]
    answers: NDArray[np.object_] | None = None
    options: tuple[int, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuses arrays whose shapes do not agree.

        Raises:
            DocumentError: naming the array, its shape and the expected one.
        """
        shape = (len(self.ids), len(self.models))
        for name in ("score", "cost_usd", "input_tokens", "output_tokens", "latency_s"):
            found = getattr(self, name).shape
            if found != shape:
                raise DocumentError(f"The {name} of the table '{self.name}' has the shape {found}, not {shape}.")
        for name in ("queries", "tasks", "groups", "splits"):
            if len(getattr(self, name)) != shape[0]:
                raise DocumentError(
                    f"The table '{self.name}' has {shape[0]} ids and {len(getattr(self, name))} {name}."
                )

    @property
    def n_queries(self) -> int:
        """Returns the number of rows."""
        return len(self.ids)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Returns an array (n_queries, n_models), true where no score was recorded."""
        return np.isnan(self.score)

    @cached_property
    def content_hash(self) -> str:
        """Returns the SHA-256 of queries, models, scores and costs."""
        digest = hashlib.sha256()
        for text in (*self.ids, *self.queries, *self.models):
            digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
        for array in (self.score, self.cost_usd):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def rows(self, chosen: Rows | NDArray[np.bool_]) -> OutcomeTable:
        """Returns the table of these rows only, by number or by a mask."""
        numbers = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else np.asarray(chosen, dtype=np.intp)
        arrays: dict[str, Any] = {name: getattr(self, name)[numbers] for name in _ARRAYS}
        lists: dict[str, Any] = {name: _taken(getattr(self, name), numbers) for name in _LISTS if getattr(self, name)}
        answers = None if self.answers is None else self.answers[numbers]
        return replace(self, **arrays, **lists, answers=answers)

    def columns(self, models: Sequence[str]) -> OutcomeTable:
        """Returns the table of these models only, in this order.

        Raises:
            DocumentError: naming a model that the table lacks.
        """
        place = {model: number for number, model in enumerate(self.models)}
        unknown = next((model for model in models if model not in place), None)
        if unknown is not None:
            known = ", ".join(self.models)
            raise DocumentError(f"The table '{self.name}' has no model '{unknown}'; it has {known}.")
        numbers = np.array([place[model] for model in models], dtype=np.intp)
        arrays = {name: getattr(self, name)[:, numbers] for name in _ARRAYS}
        answers = None if self.answers is None else self.answers[:, numbers]
        return replace(self, models=tuple(models), **arrays, answers=answers)

    def complete(self) -> OutcomeTable:
        """Returns only the rows that every model was asked."""
        return self.rows(np.flatnonzero(~self.missing.any(axis=1)))


_ARRAYS = ("score", "cost_usd", "input_tokens", "output_tokens", "latency_s")
_LISTS = ("ids", "queries", "tasks", "groups", "splits", "options")


def _taken(values: Sequence[T], numbers: Rows) -> tuple[T, ...]:
    return tuple(values[number] for number in numbers)

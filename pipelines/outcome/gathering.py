"""Gathers outcomes that come one by one into a table: scale of the scores, repetitions, holes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.data.problem import RowRefused
from pipelines.error import DocumentError
from pipelines.outcome.outcome import Outcome
from pipelines.outcome.table import Floats, OutcomeTable
from pipelines.record import Record

ScoreScale = Literal["as_is", "clip", "stretch"]
Repetition = Literal["refuse", "mean", "first", "last"]
MOST_CELLS: Final = 40_000_000
_NUMBERS: Final = ("cost_usd", "input_tokens", "output_tokens", "latency_s")
_USUAL_RANGES: Final = ((-1.0, 1.0), (7.0, 10.0), (10.0, 100.0))
"""Highest scores above the first number and up to the second mean 0 to the second; 5 or 7 may be the top of a scale."""


class GatherRule(Record):
    """Says what becomes of scores outside 0 to 1 and of cells that come twice.

    Attributes:
        scale: `as_is` refuses scores outside 0 to 1, `clip` cuts them off, `stretch` maps the range to 0 to 1.
        score_range: what `stretch` maps; by default the likely range of the scores in the files.
        repetition: whether a cell that comes twice is refused, or its mean, first or last outcome counts.
    """

    scale: ScoreScale = "as_is"
    score_range: tuple[float, float] | None = None
    repetition: Repetition = "refuse"


def likely_range(low: float, high: float) -> tuple[float, float]:
    """Returns the range that scores from `low` to `high` are likely given in.

    That is 0 to 1, 0 to 10 or 0 to 100 where they fit; else what they span, and no less than from 0 or to 1 where that
    is a single number.
    """
    for above, top in _USUAL_RANGES:
        if low >= 0 and above < high <= top:
            return (0.0, top)
    return (low, high) if low < high else (min(low, 0.0), max(high, 1.0))


class Gathering:
    """Collects outcomes, file by file."""

    def __init__(self) -> None:
        """Begins with none."""
        self._queries: dict[str, int] = {}
        self._first: list[Outcome] = []
        self._models: dict[str, int] = {}
        self._files: list[str] = []
        self._file: array[int] = array("q")
        self._row: array[int] = array("q")
        self._query: array[int] = array("q")
        self._model: array[int] = array("q")
        self._score: array[float] = array("d")
        self._numbers = {name: array("d") for name in _NUMBERS}
        self._answers: list[str] = []

    def begin_file(self, name: str) -> None:
        """Says which file the next outcomes come from."""
        self._files.append(name)

    def __len__(self) -> int:
        """Returns how many outcomes there are."""
        return len(self._score)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Takes outcomes; one without a score makes its query and model known and leaves the cell missing.

        Raises:
            RowRefused: if the id is that of another question.
        """
        for found in outcomes:
            query = self._place_of(found)
            model = self._models.setdefault(found.model, len(self._models))
            if found.score != found.score:
                continue
            self._file.append(len(self._files) - 1)
            self._row.append(found.row)
            self._query.append(query)
            self._model.append(model)
            self._score.append(found.score)
            for name, numbers in self._numbers.items():
                numbers.append(getattr(found, name))
            self._answers.append(found.answer)

    def table(self, name: str, rule: GatherRule) -> OutcomeTable:
        """Returns the table of all outcomes.

        Raises:
            DocumentError: if there is none, the table is too large, a cell comes twice, or a score is out of range;
                with file and row.
        """
        shape = (len(self._first), len(self._models))
        if not len(self):
            raise DocumentError("There is no outcome with a score in what was read; a table needs at least one.")
        if shape[0] * shape[1] > MOST_CELLS:
            raise DocumentError(
                f"The table would have {shape[0]:,} queries x {shape[1]:,} models; at most {MOST_CELLS:,} cells are"
                " kept, so import fewer models."
            )
        cells = np.array(self._query, dtype=np.int64) * shape[1] + np.array(self._model, dtype=np.int64)
        self._refuse_repeated(cells, rule)
        scores = self._scaled(rule)
        numbers = {each: np.array(found) for each, found in self._numbers.items()}
        arrays = {each: _placed(found, cells, shape, rule) for each, found in {"score": scores, **numbers}.items()}
        return OutcomeTable(
            name=name,
            ids=self._ids(),
            queries=tuple(found.query for found in self._first),
            models=tuple(self._models),
            tasks=tuple(found.task for found in self._first),
            groups=tuple(found.group for found in self._first),
            splits=tuple(found.split for found in self._first),
            options=tuple(found.options for found in self._first),
            answers=self._placed_answers(cells, shape, rule),
            **arrays,
        ).columns(sorted(self._models))

    @property
    def span(self) -> tuple[float, float]:
        """Returns the lowest and the highest score of all outcomes; there is one at least."""
        return min(self._score), max(self._score)

    def score_range(self, rule: GatherRule) -> tuple[float, float] | None:
        """Returns which scores become 0 and 1, or None where none is stretched."""
        if rule.scale != "stretch":
            return None
        return rule.score_range or likely_range(*self.span)

    def _place_of(self, found: Outcome) -> int:
        """Returns the number of a query; the ids of one task may come again in another."""
        keys = (f"id {found.id}", f"id {found.task} {found.id}") if found.id else (f"text {found.query}",)
        for key in keys:
            query = self._queries.setdefault(key, len(self._first))
            if query == len(self._first):
                self._first.append(found)
            first = self._first[query]
            if found.query == first.query or found.query.split() == first.query.split():
                return query
            if found.task == first.task:
                break
        raise RowRefused(
            f"the id '{found.id[:60]}' is that of another question before, '{first.query[:60]}'; every question needs"
            " its own, or none has one"
        )

    def repeated(self) -> int:
        """Returns how many outcomes are of a cell that was known already."""
        return len(self) - len(set(zip(self._query, self._model, strict=True)))

    def _ids(self) -> tuple[str, ...]:
        """Returns the ids of the queries, those without one by their number."""
        known = {found.id for found in self._first if found.id}
        ids: dict[str, None] = {}
        for number, found in enumerate(self._first, start=1):
            made = found.id or str(number)
            if made in ids:
                made = f"{found.task}/{made}"
            while made in ids or (not found.id and made in known):
                made = f"{made}-row"
            ids[made] = None
        return tuple(ids)

    def _scaled(self, rule: GatherRule) -> Floats:
        scores = np.array(self._score)
        if rule.scale == "clip":
            return np.asarray(np.clip(scores, 0.0, 1.0), dtype=np.float64)
        low, high = self.score_range(rule) or (0.0, 1.0)
        if low >= high:
            raise DocumentError(
                f"Scores from {low:g} to {high:g} cannot be stretched to 0 to 1; give the lower end first."
            )
        outside = np.flatnonzero((scores < low) | (scores > high))
        if outside.size:
            bad = int(outside[0])
            advice = "choose to clip or to stretch the scores" if rule.scale == "as_is" else "name a wider range"
            raise DocumentError(
                f"{self._place(bad)} has the score {scores[bad]:g}, not {low:g} to {high:g} ({_are(outside.size)} out"
                f" of range); {advice}."
            )
        return np.asarray((scores - low) / (high - low), dtype=np.float64)

    def _refuse_repeated(self, cells: NDArray[np.int64], rule: GatherRule) -> None:
        if rule.repetition != "refuse":
            return
        order = np.argsort(cells, kind="stable")
        again = np.flatnonzero(cells[order][1:] == cells[order][:-1])
        if again.size:
            first, second = int(order[again[0]]), int(order[again[0] + 1])
            model = list(self._models)[self._model[second]]
            raise DocumentError(
                f"{self._place(second)} is about the same query and model '{model}' as {self._place(first)}"
                f" ({_are(again.size)} of a cell that was there before); let the mean, the first or the last count."
            )

    def _place(self, number: int) -> str:
        return f"{self._files[self._file[number]]}, row {self._row[number]:,},"

    def _placed_answers(
        self, cells: NDArray[np.int64], shape: tuple[int, int], rule: GatherRule
    ) -> NDArray[np.object_] | None:
        if not any(self._answers):
            return None
        placed = np.full(shape[0] * shape[1], None, dtype=object)
        order = range(len(cells) - 1, -1, -1) if rule.repetition in ("first", "mean") else range(len(cells))
        for number in order:
            placed[cells[number]] = self._answers[number] or None
        return placed.reshape(shape)


def _are(count: int) -> str:
    return "1 outcome is" if count == 1 else f"{count:,} outcomes are"


def _placed(numbers: Floats, cells: NDArray[np.int64], shape: tuple[int, int], rule: GatherRule) -> Floats:
    placed: Any = np.full(shape[0] * shape[1], np.nan)
    if rule.repetition == "mean":
        known = ~np.isnan(numbers)
        totals = np.bincount(cells[known], weights=numbers[known], minlength=len(placed))
        counts = np.bincount(cells[known], minlength=len(placed))
        np.divide(totals, counts, out=placed, where=counts > 0)
    elif rule.repetition == "first":
        placed[cells[::-1]] = numbers[::-1]
    else:
        placed[cells] = numbers
    return np.asarray(placed.reshape(shape), dtype=np.float64)

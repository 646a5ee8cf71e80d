"""Whether the questions of today still look like those that a router learned from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.language import detect
from pipelines.outcome.table import Floats
from pipelines.record import Record

BINS: Final = 10
LEAST_LIVE: Final = 30
MODERATE: Final = 0.1
STRONG: Final = 0.25
NULLS: Final = 200
MOST_TRAINING: Final = 3_000
_MOST_VALUES: Final = 20
_WORD: Final = re.compile(r"[^\W\d_]{3,}")

Level = Literal["none", "moderate", "strong"]


class Shift(Record):
    """Is how far one feature of the questions has moved.

    Attributes:
        psi: population stability index between training and live questions.
        chance: the 95th percentile of the index where live questions are drawn from the training ones: what as few
            questions show by chance alone.
    """

    feature: str
    psi: float
    chance: float

    @property
    def level(self) -> Level:
        """Returns how serious it is; an index that chance alone explains is none."""
        if self.psi <= self.chance or self.psi < MODERATE:
            return "none"
        return "strong" if self.psi >= STRONG else "moderate"


class Drift(Record):
    """Says how today's questions differ from the training questions.

    Attributes:
        unknown_words: share of the live words of three letters or more that no training question has.
        usual_unknown_words: the same for training questions among the other training questions.
    """

    n_train: int
    n_live: int
    shifts: tuple[Shift, ...]
    unknown_words: float
    usual_unknown_words: float

    @property
    def level(self) -> Level:
        """Returns the most serious level."""
        found = {shift.level for shift in self.shifts}
        return "strong" if "strong" in found else "moderate" if "moderate" in found else "none"

    @property
    def sentence(self) -> str:
        """Returns in words whether the router still knows such questions."""
        if self.n_live < LEAST_LIVE:
            return f"{self.n_live} live questions are too few to tell; about {LEAST_LIVE} are needed."
        moved = [f"{shift.feature} (PSI {shift.psi:.2f})" for shift in self.shifts if shift.level != "none"]
        if not moved:
            return "Live questions look like those that the router learned from."
        advice = "train it again on recent outcomes" if self.level == "strong" else "watch it"
        return f"Live questions have moved away from the training questions in {', '.join(moved)}: {advice}."


def drift(
    train: Sequence[str],
    live: Sequence[str],
    *,
    routes: tuple[Sequence[str], Sequence[str]] | None = None,
    seed: int = 0,
) -> Drift:
    """Returns how far live questions have moved from training questions.

    Args:
        train: the training questions; of many a sample is taken.
        live: the questions of today.
        routes: the models chosen for each of both, to see whether decisions move as well; as long as the questions.
        seed: of the samples.

    Source: population stability index, sum of (live - train) * ln(live / train) over bins (Siddiqi 2006), with ten
    quantile bins for numbers; the usual bounds 0.1 and 0.25, and here also what chance alone shows.
    """
    rng = np.random.default_rng(seed)
    known = rng.permutation(len(train))[:MOST_TRAINING]
    old = [train[place] for place in known]
    labels = {name: (look(old), look(live)) for name, look in FEATURES.items()}
    if routes is not None:
        labels["choice of model"] = ([routes[0][place] for place in known], list(routes[1]))
    shifts = [_shift(name, *_binned(*both), rng) for name, both in labels.items()] if len(live) and len(old) else []
    half = len(old) // 2
    return Drift(
        n_train=len(train),
        n_live=len(live),
        shifts=tuple(shifts),
        unknown_words=_unknown(old, live),
        usual_unknown_words=_unknown(old[:half], old[half:]),
    )


def psi(train: Floats, live: Floats) -> float:
    """Returns the population stability index of two histograms, arrays (n_bins,) of counts.

    Empty bins count as half a question, so that the index stays finite.
    """
    expected = np.maximum(train, 0.5) / np.maximum(train, 0.5).sum()
    found = np.maximum(live, 0.5) / np.maximum(live, 0.5).sum()
    return float(((found - expected) * np.log(found / expected)).sum())


def _shift(name: str, train: NDArray[np.intp], live: NDArray[np.intp], rng: np.random.Generator) -> Shift:
    count = int(max(train.max(initial=0), live.max(initial=0))) + 1
    old = np.bincount(train, minlength=count).astype(np.float64)
    drawn = rng.multinomial(len(live), old / old.sum(), size=NULLS).astype(np.float64)
    chance = float(np.quantile([psi(old, each) for each in drawn], 0.95))
    return Shift(feature=name, psi=psi(old, np.bincount(live, minlength=count).astype(np.float64)), chance=chance)


def _binned(old: Sequence[object], live: Sequence[object]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns the number of the bin of each value: quantiles of numbers, the most frequent of other values."""
    if old and isinstance(old[0], float):
        numbers = np.array(old, dtype=np.float64), np.array(live, dtype=np.float64)
        edges = np.unique(np.quantile(numbers[0], np.linspace(0, 1, BINS + 1)[1:-1]))
        return np.searchsorted(edges, numbers[0]), np.searchsorted(edges, numbers[1])
    place = {value: number for number, (value, _) in enumerate(Counter(old).most_common(_MOST_VALUES))}
    other = len(place)
    return (
        np.array([place.get(value, other) for value in old], dtype=np.intp),
        np.array([place.get(value, other) for value in live], dtype=np.intp),
    )


def _unknown(train: Sequence[str], live: Sequence[str]) -> float:
    known = {word for query in train for word in _WORD.findall(query.lower())}
    words = [word for query in live for word in _WORD.findall(query.lower())]
    return sum(word not in known for word in words) / max(1, len(words))


def _lengths(queries: Sequence[str]) -> list[object]:
    return [float(len(query)) for query in queries]


def _languages(queries: Sequence[str]) -> list[object]:
    return [detect(query) or "" for query in queries]


def _first_words(queries: Sequence[str]) -> list[object]:
    return [next(iter(query.lower().split()), "") for query in queries]


FEATURES: Final[Mapping[str, Callable[[Sequence[str]], list[object]]]] = {
    "length": _lengths,
    "language": _languages,
    "first word": _first_words,
}
"""What is watched, one value a question."""

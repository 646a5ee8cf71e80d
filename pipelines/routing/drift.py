"""Whether the questions of today still look like those that a router learned from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.language import detect
from pipelines.record import Record

BINS: Final = 10
LEAST_LIVE: Final = 30
MODERATE: Final = 0.1
STRONG: Final = 0.25
NULLS: Final = 400
ERROR: Final = 0.05
MOST_SAMPLED: Final = 3_000
"""Of more training or live questions so many are drawn."""
_MOST_VALUES: Final = 20
_WORD: Final = re.compile(r"[^\W\d_]{3,}")

Level = Literal["none", "moderate", "strong"]


class Shift(Record):
    """Is how far one feature of the questions has moved.

    Attributes:
        psi: population stability index between training and live questions.
        chance: what the index reaches where training and live questions are dealt anew at random; of all features
            together, one goes beyond its own by chance alone one time in 20.
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
        usual_unknown_words: the same share of a training question's words that no other training question has.
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
        train: the training questions.
        live: the questions of today.
        routes: the models chosen for each of both, to see whether decisions move as well; as long as the questions.
        seed: of the samples.

    Source: population stability index, sum of (live - train) * ln(live / train) over bins (Siddiqi 2006), with ten
    quantile bins for numbers; the usual bounds 0.1 and 0.25, and here also a permutation test (Good 2005).
    """
    rng = np.random.default_rng(seed)
    places = [rng.permutation(len(queries))[:MOST_SAMPLED] for queries in (train, live)]
    old, new = ([queries[place] for place in kept] for queries, kept in zip((train, live), places, strict=True))
    values = {name: (look(old), look(new)) for name, look in FEATURES.items()}
    if routes is not None:
        before, after = ([models[place] for place in kept] for models, kept in zip(routes, places, strict=True))
        values["choice of model"] = (before, after)
    level = 1 - ERROR / len(values)
    shifts = [_shift(name, *both, level, rng) for name, both in values.items()] if new and old else []
    return Drift(
        n_train=len(train),
        n_live=len(live),
        shifts=tuple(shifts),
        unknown_words=_unknown(old, new),
        usual_unknown_words=_lonely(old),
    )


def psi(train: NDArray[Any], live: NDArray[Any]) -> float:
    """Returns the population stability index of two histograms, arrays (n_bins,) of counts.

    Empty bins count as half a question, so that the index stays finite.
    """
    expected = np.maximum(train, 0.5) / np.maximum(train, 0.5).sum()
    found = np.maximum(live, 0.5) / np.maximum(live, 0.5).sum()
    return float(((found - expected) * np.log(found / expected)).sum())


def _shift(name: str, old: Sequence[object], new: Sequence[object], level: float, rng: np.random.Generator) -> Shift:
    numbers = isinstance(old[0], float)
    index = _index_of_numbers if numbers else _index_of_codes
    # np.unique of texts makes an array as wide as the longest.
    code = {value: number for number, value in enumerate(dict.fromkeys((*old, *new)))}
    values = np.array([*old, *new] if numbers else [code[value] for value in (*old, *new)])
    dealt = (rng.permutation(values) for _ in range(NULLS))
    chance = np.quantile([index(each[: len(old)], each[len(old) :]) for each in dealt], level)
    return Shift(feature=name, psi=index(values[: len(old)], values[len(old) :]), chance=float(chance))


def _index_of_numbers(old: NDArray[Any], new: NDArray[Any]) -> float:
    """Returns the index over the quantiles of the training questions."""
    edges = np.unique(np.quantile(old, np.linspace(0, 1, BINS + 1)[1:-1]))
    return psi(*(np.bincount(np.searchsorted(edges, each), minlength=len(edges) + 1) for each in (old, new)))


def _index_of_codes(old: NDArray[Any], new: NDArray[Any]) -> float:
    """Returns the index over the values that training questions have most often, all others together."""
    counts = [np.bincount(each, minlength=int(max(old.max(), new.max())) + 1) for each in (old, new)]
    usual = np.argsort(-counts[0], kind="stable")[:_MOST_VALUES]
    usual = usual[counts[0][usual] > 0]
    return psi(*(np.append(each[usual], each.sum() - each[usual].sum()) for each in counts))


def _unknown(train: Sequence[str], live: Sequence[str]) -> float:
    known = {word for query in train for word in _WORD.findall(query.lower())}
    words = [word for query in live for word in _WORD.findall(query.lower())]
    return sum(word not in known for word in words) / max(1, len(words))


def _lonely(train: Sequence[str]) -> float:
    words = [_WORD.findall(query.lower()) for query in train]
    having = Counter(word for each in words for word in set(each))
    alone = sum(having[word] == 1 for each in words for word in each)
    return alone / max(1, sum(map(len, words)))


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

"""How much of a router's decision follows from the surface of a question alone: length, language, first words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from pipelines.choice import Choices
from pipelines.language import detect
from pipelines.outcome.table import Floats
from pipelines.record import Record
from pipelines.strategy import Scores

FOLDS: Final = 5
MOST_WORDS: Final = 60
LEAST_ROWS: Final = 40
NOTICEABLE: Final = 0.5
_PENALTY: Final = 1.0
_WORD: Final = re.compile(r"\w+")


class Probe(Record):
    """Is what a linear probe of one surface feature says about the decision, on rows it was not fitted on.

    Attributes:
        accuracy: share of decisions that the probe guesses.
        lift: (accuracy - majority) / (1 - majority): 0 is no better than always guessing the most frequent model, 1
            guesses every decision; 0 where only one model is ever chosen.
        r2: share of the variance of the expected scores, each question's mean taken off, that the feature explains.
    """

    feature: str
    accuracy: float
    lift: float
    r2: float


class Audit(Record):
    """Says what the decisions of a router rest on.

    Attributes:
        majority: share of the model that is chosen most often.
        probes: of `length`, `language`, `first words` and `all of these`.
    """

    n: int
    majority: float
    probes: tuple[Probe, ...]

    @property
    def sentence(self) -> str:
        """Returns in words what the probes say."""
        whole = self.probes[-1]
        if self.majority == 1.0:
            return "The router always chooses the same model, so there is nothing to explain."
        told = (
            f"Length, language and first words together guess {whole.accuracy:.0%} of the decisions (always guessing"
            f" the most frequent model: {self.majority:.0%})"
        )
        if whole.lift >= NOTICEABLE:
            return f"{told}: the router mostly looks at the surface, and a simple rule may do as well."
        return f"{told}: the router sees more than the surface."


def audit(queries: Sequence[str], predicted: Scores, choices: Choices, *, seed: int = 0) -> Audit | None:
    """Returns what surface probes say of the decisions; None with fewer than 40 questions.

    Args:
        queries: questions that the router did not learn from.
        predicted: what it expects of each model, an array (n_queries, n_models).
        choices: array (n_queries,) of the models it chose.
        seed: of the folds.

    Source: probing with linear classifiers (Alain and Bengio 2016), here ridge regression on one-hot decisions with
    five-fold cross-validation; partial inputs as in the hypothesis-only baselines of Poliak and others 2018.
    """
    if len(queries) < LEAST_ROWS:
        return None
    used, labels = np.unique(choices, return_inverse=True)
    labels = labels.reshape(-1)
    counts = np.bincount(labels)
    targets = np.hstack([np.eye(len(used))[labels], predicted - predicted.mean(axis=1, keepdims=True)])
    fold = np.random.default_rng(seed).permutation(len(queries)) % FOLDS
    parts = {name: columns(queries) for name, columns in FEATURES.items()}
    parts["all of these"] = np.hstack(list(parts.values()))
    majority = float(counts.max() / len(queries))
    probes = [_probe(name, part, targets, len(used), labels, majority, fold) for name, part in parts.items()]
    return Audit(n=len(queries), majority=majority, probes=tuple(probes))


def _probe(
    name: str, columns: Floats, targets: Floats, n_used: int, labels: Choices, majority: float, fold: Choices
) -> Probe:
    guessed = np.empty_like(targets)
    for number in range(FOLDS):
        held = fold == number
        guessed[held] = _fitted(columns[~held], targets[~held], columns[held])
    accuracy = float((guessed[:, :n_used].argmax(axis=1) == labels).mean())
    expected = targets[:, n_used:]
    spread = float(((expected - expected.mean(axis=0)) ** 2).sum())
    missed = float(((expected - guessed[:, n_used:]) ** 2).sum())
    return Probe(
        feature=name,
        accuracy=accuracy,
        lift=(accuracy - majority) / (1 - majority) if majority < 1 else 0.0,
        r2=max(0.0, 1 - missed / spread) if spread > 0 else 0.0,
    )


def _fitted(rows: Floats, targets: Floats, asked: Floats) -> Floats:
    """Returns what ridge regression on the rows says of other rows."""
    centre, spread, mean = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9), targets.mean(axis=0)
    scaled = (rows - centre) / spread
    gram = scaled.T @ scaled + _PENALTY * np.eye(scaled.shape[1])
    weights = np.linalg.solve(gram, scaled.T @ (targets - mean))
    return np.asarray(np.clip((asked - centre) / spread, -10, 10) @ weights + mean, dtype=np.float64)


def _length(queries: Sequence[str]) -> Floats:
    """Returns ten steps of the length in characters, because a router may like the middle, and its logarithm."""
    sizes = np.log1p(np.array([len(query) for query in queries], dtype=np.float64))
    edges = np.quantile(sizes, np.linspace(0.1, 0.9, 9))
    return np.hstack([np.eye(10)[np.searchsorted(edges, sizes)], sizes[:, None]])


def _language(queries: Sequence[str]) -> Floats:
    return _one_hot([detect(query) or "" for query in queries])


def _first_words(queries: Sequence[str]) -> Floats:
    words = [[*_WORD.findall(query.lower()[:200])[:2], "", ""] for query in queries]
    return np.hstack([_one_hot([line[0] for line in words]), _one_hot([" ".join(line[:2]) for line in words])])


def _one_hot(values: Sequence[str]) -> Floats:
    """Returns a column for each of the most frequent values."""
    frequent = [value for value, count in Counter(values).most_common(MOST_WORDS) if count > 1]
    place = {value: number for number, value in enumerate(frequent)}
    columns = np.zeros((len(values), max(1, len(frequent))))
    for row, value in enumerate(values):
        if value in place:
            columns[row, place[value]] = 1.0
    return columns


FEATURES: Final[Mapping[str, Callable[[Sequence[str]], Floats]]] = {
    "length": _length,
    "language": _language,
    "first words": _first_words,
}
"""What the probes look at, each as an array (n_queries, n_columns)."""

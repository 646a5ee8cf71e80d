"""A regression that compares every question with the recorded ones: by words, by looks and by meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from pipelines.error import ConfigurationError
from pipelines.estimator.gram import add_alike, alike, solved, words_alike
from pipelines.featured import prior
from pipelines.featurizers.surface import Surface, SurfaceLens
from pipelines.featurizers.tfidf import Tfidf, TfidfLens
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

BLOCK: Final = 512

_WORDS: Final = Tfidf()
_LOOKS: Final = Surface()
_LOOKS_REACH: Final = 12.0
"""Squared distance of two looks, one for each measure, at which they are alike by exp(-1/2)."""

_MEANING_REACH: Final = 0.5
"""The same of two meanings; unit vectors of unrelated questions are 2 apart."""

_WORDS_OF, _LOOKS_OF = "words.", "looks."


class Kernel(LearnedStrategy):
    """Predicts the score of each model from how alike a question and every recorded one are.

    How alike two questions are is a sum: the cosine of their words, `looks` times exp(-d / 2) of their length, digits,
    code and the like, and `meaning` times the same of their vectors, which only a weight above 0 asks for.

    Source: kernel ridge regression, which is the mean of a Gaussian process (Rasmussen and Williams 2006, equation
    2.25), with a sum of kernels (section 4.2.4); of many recorded questions a random part.
    """

    title: ClassVar[str] = "Alike questions (kernel regression)"

    kind: Literal["kernel"] = "kernel"
    looks: float = Field(default=0.5, ge=0.0, le=100.0, description="How much the looks count beside the words.")
    meaning: float = Field(
        default=0.0, ge=0.0, le=100.0, description="How much the meaning counts; 0 needs no vectors."
    )
    penalty: float = Field(default=5.0, gt=0.0, le=1e6, description="Larger trusts the mean more than the likeness.")
    most_known: int = Field(
        default=6_000,
        ge=2,
        le=30_000,
        description="Of more recorded questions a random part: the work grows cubically.",
    )

    _lenses: tuple[TfidfLens, SurfaceLens] | None = PrivateAttr(default=None)

    @property
    def needs_space(self) -> bool:
        """Returns whether the meaning counts."""
        return self.meaning > 0

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the recorded questions and how much each of them counts.

        Raises:
            ConfigurationError: if the table has no row with a score.
        """
        scored = outcomes.rows(np.flatnonzero((~outcomes.missing).any(axis=1)))
        if scored.n_queries == 0:
            raise ConfigurationError(f"The table '{outcomes.name}' has no scored row to learn from.")
        if scored.n_queries > self.most_known:
            drawn = np.random.default_rng(seed).choice(scored.n_queries, self.most_known, replace=False)
            scored = scored.rows(np.sort(drawn))
        state: dict[str, NDArray[Any]] = {"models": model_names(outcomes), "mean": prior(outcomes.score)}
        for prefix, part in ((_WORDS_OF, _WORDS), (_LOOKS_OF, _LOOKS)):
            state |= {prefix + name: array for name, array in part.learn(scored.queries, seed=seed).items()}
        return self.with_state({**state, **self._learned(state, scored, space)})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        words, looks = self._ready()
        found = np.tile(self.state["mean"], (len(queries), 1))
        for start in range(0, len(queries), BLOCK):
            asked = queries[start : start + BLOCK]
            part = found[start : start + BLOCK]
            part += words.features(asked, space) @ self.state["weights"]
            likeness = self._likeness(looks, asked, space)
            if likeness is not None:
                part += likeness @ self.state["counts"]
        return found

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns for the chosen model how far the words alone, and the rest, move it from its mean."""
        words, _ = self._ready()
        scores = self.predict([query], space=space)[0]
        chosen = int(scores.argmax())
        by_words = np.asarray(words.features([query], space) @ self.state["weights"], dtype=np.float64)[0]
        mean = float(self.state["mean"][chosen])
        return {
            "chosen": self.models[chosen],
            "mean": mean,
            "by words": float(by_words[chosen]),
            "by looks and meaning": float(scores[chosen] - mean - by_words[chosen]),
        }

    def _learned(
        self, state: Mapping[str, NDArray[Any]], scored: OutcomeTable, space: Space | None
    ) -> dict[str, NDArray[Any]]:
        """Returns the rows of the recorded questions, how much each counts, and the weights of the words."""
        words, looks = _lenses(state)
        rows = words.features(scored.queries, space)
        known: dict[str, NDArray[Any]] = {}
        gram = words_alike(rows)
        if self.looks:
            known["rows.looks"] = np.asarray(looks.features(scored.queries, space), dtype=np.float32)
            add_alike(gram, known["rows.looks"], _LOOKS_REACH, self.looks)
        if self.meaning:
            known["rows.meaning"] = _vectors(scored.queries, space)
            add_alike(gram, known["rows.meaning"], _MEANING_REACH, self.meaning)
        counts = solved(gram, scored.score - state["mean"], self.penalty)
        return {**known, "counts": counts, "weights": np.asarray(rows.T @ counts, dtype=np.float32)}

    def _likeness(self, looks: SurfaceLens, asked: Sequence[str], space: Space | None) -> NDArray[np.float32] | None:
        """Returns how alike questions and recorded ones are apart from words, an array (n_queries, n_known)."""
        parts = []
        if self.looks:
            seen = np.asarray(looks.features(asked, space), dtype=np.float32)
            parts.append(self.looks * alike(seen, self.state["rows.looks"], _LOOKS_REACH))
        if self.meaning:
            parts.append(self.meaning * alike(_vectors(asked, space), self.state["rows.meaning"], _MEANING_REACH))
        return sum(parts[1:], parts[0]) if parts else None

    def _ready(self) -> tuple[TfidfLens, SurfaceLens]:
        if self._lenses is None:
            self._lenses = _lenses(self.state)
        return self._lenses


def _lenses(state: Mapping[str, NDArray[Any]]) -> tuple[TfidfLens, SurfaceLens]:
    mine = [
        {name.removeprefix(prefix): array for name, array in state.items() if name.startswith(prefix)}
        for prefix in (_WORDS_OF, _LOOKS_OF)
    ]
    return _WORDS.lens(mine[0]), _LOOKS.lens(mine[1])


def _vectors(queries: Sequence[str], space: Space | None) -> NDArray[np.float32]:
    if space is None:
        raise TypeError("Meaning is read from a space.")
    return np.asarray(space.vectors(queries), dtype=np.float32)

"""A short list of words, each of which sends a question to the model that does best on such ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.featured import prior
from pipelines.featurizers.tfidf import Tfidf, terms
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]


class Keyword(LearnedStrategy):
    """Learns a list of rules "has the word: so well do the models"; the first word that a question has decides.

    Each rule is the word that wins most over the best single model on the questions that no earlier rule took.

    Source: decision lists (Rivest 1987) grown greedily, the learned form of keyword routing; the scores of a rule are
    means drawn to those of the questions that were left.
    """

    title: ClassVar[str] = "Keywords"

    kind: Literal["keyword"] = "keyword"
    pairs: bool = Field(default=True, description="Neighbouring pairs of words may decide too.")
    most_rules: int = Field(default=30, ge=1, le=500, description="Most words on the list.")
    least_rows: int = Field(default=20, ge=1, le=10_000, description="Fewest recorded questions that a word decides.")
    shrinkage: float = Field(default=10.0, ge=0.0, le=1e5, description="Imagined questions at the overall mean.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with its words and the means of the questions that each decides."""
        if bool(outcomes.missing.all()):
            raise ConfigurationError(f"The table '{outcomes.name}' has no scored row to learn from.")
        words = Tfidf(pairs=self.pairs, least_documents=self.least_rows, most_terms=20_000)
        lens = words.lens(words.learn(outcomes.queries, space=space, seed=seed))
        has = lens.sparse(outcomes.queries)
        has.data[:] = 1.0
        chosen, means = self._rules(has, outcomes.score)
        found = np.array([lens.terms[number] for number in chosen], dtype=np.str_)
        return self.with_state({"models": model_names(outcomes), "words": found, "means": means})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        del space
        words = self.state["words"].tolist()
        return np.asarray(self.state["means"][[self._rule(query, words) for query in queries]], dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the word that decides, or None, and its place on the list, from 1."""
        del space
        words = self.state["words"].tolist()
        rule = self._rule(query, words)
        return {"word": words[rule] if rule < len(words) else None, "rule": rule + 1, "rules": len(words)}

    def _rule(self, query: str, words: Sequence[str]) -> int:
        has = set(terms(query, pairs=self.pairs))
        return next((number for number, word in enumerate(words) if word in has), len(words))

    def _rules(self, has: csr_matrix, scores: Floats) -> tuple[list[int], Floats]:
        """Returns the numbers of the words in their order and the means (n_words + 1, n_models), the last for none."""
        tried, known = (~np.isnan(scores)).astype(np.float64), np.nan_to_num(scores)
        left = np.ones(len(scores), dtype=np.bool_)
        mean = prior(scores)
        chosen: list[int] = []
        means: list[Floats] = []
        across = has.T.tocsr()
        totals, counts, sizes = across @ known, across @ tried, np.asarray(across.sum(axis=1)).ravel()
        while len(chosen) < self.most_rules and left.any():
            drawn = (totals + self.shrinkage * mean) / np.maximum(counts + self.shrinkage, 1e-9)
            gains = sizes * (drawn.max(axis=1) - drawn[:, int(mean.argmax())])
            word = int(np.where(sizes >= self.least_rows, gains, 0.0).argmax()) if len(gains) else 0
            if not len(gains) or sizes[word] < self.least_rows or gains[word] <= 1e-9:
                break
            chosen.append(word)
            means.append(drawn[word])
            taken = np.zeros_like(left)
            taken[across[word].indices] = True
            taken &= left
            left &= ~taken
            gone = has[taken].T
            totals, counts = totals - gone @ known[taken], counts - gone @ tried[taken]
            sizes = sizes - np.asarray(gone.sum(axis=1)).ravel()
            mean = prior(scores[left]) if tried[left].any() else mean
        return chosen, np.vstack([*means, mean])

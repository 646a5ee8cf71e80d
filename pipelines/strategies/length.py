"""Gives long questions to the strong and short ones to the weak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pipelines.space import Space
from pipelines.strategy import Candidate, Scores, Strategy
from pipelines.word import words


class Length(Strategy):
    """Gives long questions to the later candidates: list them from the weakest to the strongest.

    A question of no words suits the first candidate, one of `long_words` words or more suits the last, and those
    between suit the candidates between; the score falls from 1 with the distance from the place that suits.

    Source: the token-count feature of LiteLLM's complexity router, alone and without tiers.
    """

    title: ClassVar[str] = "Length of the question"

    kind: Literal["length"] = "length"
    long_words: int = Field(default=60, ge=2, le=10_000, description="From how many words on a question is long.")

    def score(self, queries: Sequence[str], candidates: Sequence[Candidate], space: Space | None = None) -> Scores:
        """Returns scores between 0 and 1."""
        del space
        lengths = np.array([len(words(query)) for query in queries], dtype=np.float64)
        wanted = np.minimum(lengths / self.long_words, 1.0)
        places = np.linspace(0.0, 1.0, len(candidates))
        return np.asarray(1.0 - np.abs(wanted[:, None] - places[None, :]), dtype=np.float64)

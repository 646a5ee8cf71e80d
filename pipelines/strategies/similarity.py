"""Chooses what has answered the most similar questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pipelines.space import Space
from pipelines.strategy import Candidate, Need, Scores, Strategy


class Similarity(Strategy):
    """Compares the question with the example questions of each candidate.

    The score is the mean cosine of the nearest `top_k` examples; a candidate without examples scores -1.

    Source: aurelio-labs semantic-router, routes scored by the mean of their nearest utterances; here over the examples
    of each candidate, not over the nearest of all, so that the score of one does not depend on the others.
    """

    title: ClassVar[str] = "Similar to examples"
    need: ClassVar[Need] = "embedding"

    kind: Literal["similarity"] = "similarity"
    top_k: int = Field(default=3, ge=1, le=50, description="How many of the nearest examples count.")

    def score(self, queries: Sequence[str], candidates: Sequence[Candidate], space: Space | None = None) -> Scores:
        """Returns the mean cosine of the nearest examples, between -1 and 1."""
        if space is None:
            raise TypeError("The similarity strategy scores in a space.")
        asked = space.vectors(queries)
        found = np.full((len(queries), len(candidates)), -1.0)
        for column, candidate in enumerate(candidates):
            if candidate.examples:
                cosines = asked @ space.vectors(candidate.examples).T
                k = min(self.top_k, len(candidate.examples))
                found[:, column] = np.partition(cosines, -k, axis=1)[:, -k:].mean(axis=1)
        return found

    def lack(self, candidate: Candidate) -> str | None:
        """Returns `examples` where there are none."""
        return None if candidate.examples else "examples"

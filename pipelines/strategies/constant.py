"""Always chooses the same, the best-single-model baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pipelines.space import Space
from pipelines.strategy import Candidate, Scores, Strategy


class Constant(Strategy):
    """Always prefers one candidate, by its place in the list.

    Source: the best-single-model baseline of RouterBench.
    """

    title: ClassVar[str] = "Always the same"

    kind: Literal["constant"] = "constant"
    place: int = Field(default=1, ge=1, le=1_000, description="Place in the list, from 1; past the end is the last.")

    def score(self, queries: Sequence[str], candidates: Sequence[Candidate], space: Space | None = None) -> Scores:
        """Returns 1 for the one and 0 for the others."""
        del space
        row = np.zeros(len(candidates))
        row[min(self.place, len(candidates)) - 1] = 1.0
        return np.tile(row, (len(queries), 1))

"""Chooses the cheapest, the baseline that every router has to beat on cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pipelines.space import Space
from pipelines.strategy import Candidate, Scores, Strategy


class Price(Strategy):
    """Chooses by the price of a token: the cheapest first, or the dearest.

    The score is the place among the prices, from 0 to 1; a candidate without a price scores 0.

    Source: the `smallest_llm` and `largest_llm` baselines of LLMRouter, by price instead of size.
    """

    title: ClassVar[str] = "Price"

    kind: Literal["price"] = "price"
    prefer: Literal["cheapest", "dearest"] = Field(default="cheapest", description="Which end of the prices wins.")

    def score(self, queries: Sequence[str], candidates: Sequence[Candidate], space: Space | None = None) -> Scores:
        """Returns the same row of scores between 0 and 1 for every query."""
        del space
        sign = 1.0 if self.prefer == "dearest" else -1.0
        known = [c.price_usd_per_mtok for c in candidates]
        worth = np.array([-np.inf if price is None else sign * price for price in known])
        levels, place = np.unique(worth, return_inverse=True)
        row = place / max(1, len(levels) - 1)
        return np.tile(row.astype(np.float64), (len(queries), 1))

    def lack(self, candidate: Candidate) -> str | None:
        """Returns `a price` where there is none."""
        return "a price" if candidate.price_usd_per_mtok is None else None

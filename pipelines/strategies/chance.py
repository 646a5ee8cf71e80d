"""Chooses by lot, the baseline that every router has to beat."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pipelines.space import Space
from pipelines.strategy import Candidate, Scores, Strategy


class Chance(Strategy):
    """Draws by lot, always the same lot for the same question and seed.

    Source: the random baseline of RouteLLM and RouterBench; here the lot hangs on the question, so that it repeats.
    """

    title: ClassVar[str] = "Chance"

    kind: Literal["chance"] = "chance"
    seed: int = Field(default=0, ge=0, description="Another seed draws other lots.")

    def score(self, queries: Sequence[str], candidates: Sequence[Candidate], space: Space | None = None) -> Scores:
        """Returns independent uniform numbers in [0, 1)."""
        del space
        keys = [f"{self.seed}\0{n}".encode() for n in range(len(candidates))]
        bodies = [query.encode("utf-8", "surrogatepass") for query in queries]
        drawn = b"".join(hashlib.blake2b(body, digest_size=8, key=key).digest() for body in bodies for key in keys)
        numbers = np.frombuffer(drawn, dtype=">u8").reshape(len(queries), len(candidates))
        return np.asarray((numbers >> np.uint64(11)) / float(1 << 53), dtype=np.float64)

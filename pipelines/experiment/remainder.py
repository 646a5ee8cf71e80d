"""What is left to do of an experiment, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.experiment.experiment import Row

Place = tuple[int, int, int]
"""Repeat, example and contender, each from 0."""
BLOCK: Final = 256
"""How many examples are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """Holds what a worker has to know before it takes up an experiment.

    Attributes:
        ended: rows that are not run again, as an array (repeats, examples, contenders).
        begun: rows that wait for another attempt or were stopped.
        begun_runs: ids of the runs that may have a journal of use.
        paid_usd: what all calls have cost until now.
    """

    ended: NDArray[np.bool_]
    begun: Mapping[Place, Row]
    begun_runs: frozenset[str]
    paid_usd: float

    def blocks(self) -> Iterator[tuple[range, list[Place]]]:
        """Yields the examples in blocks, each with the rows to be run.

        Every example meets all pipelines before the next one, and all examples before they are repeated: wherever an
        experiment is stopped, the pipelines have met the same examples.
        """
        repeats, examples, _ = self.ended.shape
        for repeat in range(repeats):
            for start in range(0, examples, BLOCK):
                block = range(start, min(start + BLOCK, examples))
                left = np.argwhere(~self.ended[repeat, block.start : block.stop])
                if len(left):
                    yield block, [(repeat, start + example, contender) for example, contender in left.tolist()]

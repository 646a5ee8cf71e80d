"""What is left is run example by example, so that the pipelines have met the same examples wherever it stops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.experiment.remainder import BLOCK, Remainder


def places(ended: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    left = Remainder(ended=ended, begun={}, begun_runs=frozenset(), paid_usd=0.0)
    return [place for _, found in left.blocks() for place in found]


def test_all_pipelines_meet_an_example_before_the_next_and_all_examples_before_they_are_repeated() -> None:
    assert places(np.zeros((2, 2, 2), dtype=bool)) == [
        (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1),
    ]  # fmt: skip


def test_what_has_ended_is_left_out() -> None:
    ended = np.zeros((1, 3, 2), dtype=bool)
    ended[0, 0, :] = ended[0, 2, 1] = True
    assert places(ended) == [(0, 1, 0), (0, 1, 1), (0, 2, 0)]


def test_blocks_bound_what_is_in_memory_and_skip_what_is_done() -> None:
    ended = np.zeros((1, 2 * BLOCK + 1, 1), dtype=bool)
    ended[0, :BLOCK, 0] = True
    left = Remainder(ended=ended, begun={}, begun_runs=frozenset(), paid_usd=0.0)
    blocks = list(left.blocks())
    assert [block for block, _ in blocks] == [range(BLOCK, 2 * BLOCK), range(2 * BLOCK, 2 * BLOCK + 1)]
    assert blocks[1][1] == [(0, 2 * BLOCK, 0)]

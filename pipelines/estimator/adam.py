"""The optimiser of the small networks: Adam, also for the few rows that a batch touches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FIRST: Final = 0.9
SECOND: Final = 0.999
TINY: Final = 1e-8


class Adam:
    """Changes arrays in place, against their gradients.

    Source: Kingma and Ba 2015, algorithm 1; rows that a batch does not touch keep their moments, as in the sparse Adam
    of PyTorch.
    """

    def __init__(self, rate: float) -> None:
        """Takes the step size."""
        self._rate = rate
        self._moments: dict[str, tuple[Floats, Floats]] = {}
        self._steps = 0

    def step(self, parameters: dict[str, Floats], gradients: dict[str, Floats]) -> None:
        """Moves each array of which there is a gradient, all rows of it."""
        self._steps += 1
        for name, gradient in gradients.items():
            first, second = self._moments_of(name, parameters[name])
            first += (1 - FIRST) * (gradient - first)
            second += (1 - SECOND) * (gradient**2 - second)
            parameters[name] -= self._way(first, second)

    def step_rows(self, name: str, parameter: Floats, rows: NDArray[np.intp], gradient: Floats) -> None:
        """Moves these different rows of an array, whose gradient is (n_rows, ...); call it after `step`."""
        first, second = self._moments_of(name, parameter)
        near, far = first[rows], second[rows]
        near += (1 - FIRST) * (gradient - near)
        far += (1 - SECOND) * (gradient**2 - far)
        first[rows], second[rows] = near, far
        parameter[rows] -= self._way(near, far)

    def _moments_of(self, name: str, parameter: Floats) -> tuple[Floats, Floats]:
        return self._moments.setdefault(name, (np.zeros_like(parameter), np.zeros_like(parameter)))

    def _way(self, first: Floats, second: Floats) -> Floats:
        way = np.sqrt(second)
        way /= np.float32(np.sqrt(1 - SECOND**self._steps))
        way += np.float32(TINY)
        np.divide(first, way, out=way)
        way *= np.float32(self._rate / (1 - FIRST**self._steps))
        return way


def batches(n_rows: int, size: int, epochs: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Yields the row numbers of every batch: each epoch goes through all rows once, in another order."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(n_rows)
        for start in range(0, n_rows, size):
            yield order[start : start + size]

"""Draws what is uncertain: the same unknown for all rows of a possible world, and the luck of each row."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST_ROWS: Final = 200
FEWEST_WORLDS: Final = 160
DRAWS: Final = 4_000
PRIOR_SD: Final = 0.4
"""Spread of a logarithm before anything was seen, which counts as much as `PRIOR_N` observations."""
PRIOR_N: Final = 2
MOST_SCALE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Dice:
    """Gives random numbers as arrays (worlds, rows), each name its own, the same for the same seed.

    Every row of a world shares what nobody knows beforehand, such as how long this model's answers really are: that
    does not average out over many rows, so it decides how sure a total is.
    """

    worlds: int
    rows: int
    seed: int

    @classmethod
    def for_rows(cls, count: int, seed: int, draws: int = DRAWS) -> Dice:
        """Returns dice for a data set of `count` rows; of a large one a part is drawn in each world."""
        rows = max(1, min(count, MOST_ROWS))
        return cls(max(FEWEST_WORLDS, draws // rows), rows, seed)

    @property
    def shape(self) -> tuple[int, int]:
        """Returns the shape of a draw."""
        return self.worlds, self.rows

    def rng(self, name: str) -> np.random.Generator:
        """Returns the generator of that name."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


def learned(samples: Floats, dice: Dice, rng: np.random.Generator) -> Floats:
    """Returns draws as an array (n_columns, worlds, rows), log-normal after the rows of `samples`.

    `samples` is an array (n_samples, n_columns) of positive numbers, observed earlier.

    Source: the posterior predictive of a multivariate normal under a conjugate prior (Gelman et al., 2013, section
    3.6), of the logarithms; simplified: one scale for all columns, bounded so that a single observation does not give
    the infinite mean that a Student t has after exponentiation.
    """
    logs = np.log(samples)
    count, columns = logs.shape
    residuals = logs - logs.mean(axis=0)
    freedom = count - 1 + PRIOR_N
    covariance = (residuals.T @ residuals + PRIOR_N * PRIOR_SD**2 * np.eye(columns)) / freedom
    scale = np.minimum(freedom / rng.chisquare(freedom, (dice.worlds, 1)), MOST_SCALE)
    unknown = rng.standard_normal((columns, dice.worlds, 1)) / math.sqrt(count)
    luck = rng.standard_normal((columns, *dice.shape))
    spread = np.tensordot(np.linalg.cholesky(covariance), np.sqrt(scale) * (unknown + luck), axes=1)
    return np.asarray(np.exp(logs.mean(axis=0)[:, None, None] + spread))


def guessed(dice: Dice, rng: np.random.Generator, *, unknown_sd: float, luck_sd: float) -> Floats:
    """Returns factors (worlds, rows) with the mean 1: log-normal, a part of them shared by all rows of a world."""
    unknown = rng.standard_normal((dice.worlds, 1)) * unknown_sd
    luck = rng.standard_normal(dice.shape) * luck_sd
    return np.asarray(np.exp(unknown + luck - (unknown_sd**2 + luck_sd**2) / 2))


def slowest_of(counts: Floats, rng: np.random.Generator) -> Floats:
    """Returns the largest of `counts` standard normal numbers, of a shape with `counts`; 0 where there is none.

    Source: the maximum of k independent variables has the distribution F(x)^k, so it is F^-1(U^(1/k)).
    """
    from scipy.special import ndtri

    uniform = rng.random(counts.shape)
    return np.where(counts > 0, ndtri(uniform ** (1.0 / np.maximum(counts, 1.0))), 0.0)

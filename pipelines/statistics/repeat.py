"""Repeats: how much scores vary between examples, and how much between seeds of the same example."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from pipelines.experiment.results import Floats, Ints


class Components(NamedTuple):
    """Is the variance of scores, divided by where it comes from.

    Attributes:
        between: variance of the true scores of examples; `within`: variance between seeds on one example.
        intraclass: share of the whole variance that lies between examples, or None without variance.
        repeats: typical number of seeds an example (n0 of the unbalanced analysis).
    """

    between: float
    within: float
    intraclass: float | None
    repeats: float
    n_examples: int

    def error_of_mean(self, n_examples: int, repeats: int) -> float:
        """Returns the standard error of the mean score with that many examples and repeats."""
        return math.sqrt((self.between + self.within / repeats) / n_examples)


def variance_components(scores: Floats, examples: Ints) -> Components | None:
    """Returns the variance components of scores (n_rows,) of examples (n_rows,); None unless some example has repeats.

    Source: one-way random effects, method of moments: Searle, Casella and McCulloch, 1992, Variance components,
    section 3.6; a negative component is 0.
    """
    known = ~np.isnan(scores)
    _, codes, counts = np.unique(examples[known], return_inverse=True, return_counts=True)
    values, n, k = scores[known], int(known.sum()), len(counts)
    if k < 2 or n <= k:
        return None
    means = np.bincount(codes, weights=values) / counts
    inside = float(np.sum((values - means[codes]) ** 2)) / (n - k)
    outside = float(np.sum(counts * (means - values.mean()) ** 2)) / (k - 1)
    size = (n - float(np.sum(counts**2)) / n) / (k - 1)
    between = max(0.0, (outside - inside) / size)
    whole = between + inside
    return Components(between, inside, between / whole if whole > 0 else None, size, k)

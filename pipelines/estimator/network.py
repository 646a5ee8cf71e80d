"""A network of one hidden layer, for sparse or dense rows, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.estimator.adam import Adam, batches
from pipelines.estimator.linear import logistic
from pipelines.featurizer import Features

Floats = NDArray[np.float64]
Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Network:
    """Computes act(rows @ inner + inner_bias) @ outer + outer_bias and makes probabilities of it.

    Attributes:
        hidden: width of the hidden layer.
        is_bent: whether negative values of the hidden layer become 0 (ReLU); else the network is linear, of low rank.
        ends: `each` output a probability of its own (sigmoid), or `one of` them the right one (softmax).
        penalty: weight decay of the touched weights, on the mean loss of a batch.
        noise: spread of the Gaussian noise on the hidden layer while fitting.
    """

    hidden: int
    is_bent: bool
    ends: Literal["each", "one of"]
    epochs: int
    rate: float
    penalty: float = 0.0
    noise: float = 0.0
    batch: int = 256

    def fit(self, rows: Features, targets: Floats, seed: int) -> Weights:
        """Returns the arrays `inner`, `inner_bias`, `outer`, `outer_bias` of least cross-entropy.

        Args:
            rows: (n_queries, n_features).
            targets: array (n_queries, n_outputs) of probabilities; a missing (NaN) one does not count.
            seed: of the start and the order of the batches.
        """
        weights = self._start(rows.shape[1], targets, seed)
        rng = np.random.default_rng([seed, 1])
        adam = Adam(self.rate)
        for chosen in batches(len(targets), self.batch, self.epochs, seed):
            self._learn(weights, adam, rows[chosen], targets[chosen], rng)
        return weights

    def outputs(self, rows: Features, weights: Mapping[str, NDArray[Any]]) -> Floats:
        """Returns the probabilities, an array (n_queries, n_outputs)."""
        return self._ended(self._hidden(rows, weights) @ weights["outer"] + weights["outer_bias"])

    def _start(self, n_features: int, targets: Floats, seed: int) -> Weights:
        rng = np.random.default_rng([seed, 0])
        n_outputs = targets.shape[1]
        inner = rng.normal(0.0, 1.0 / np.sqrt(self.hidden), (n_features, self.hidden))
        outer = rng.normal(0.0, 1.0 / np.sqrt(self.hidden), (self.hidden, n_outputs))
        tried = ~np.isnan(targets)
        mean = (np.nan_to_num(targets).sum(axis=0) + 0.5) / (tried.sum(axis=0) + 1.0)
        bias = np.log(mean) - (np.log1p(-mean) if self.ends == "each" else 0.0)
        return {
            "inner": inner.astype(np.float32),
            "inner_bias": np.zeros(self.hidden, dtype=np.float32),
            "outer": outer.astype(np.float32),
            "outer_bias": bias.astype(np.float32),
        }

    def _hidden(self, rows: Features, weights: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
        before = np.asarray(rows @ weights["inner"] + weights["inner_bias"], dtype=np.float32)
        return np.maximum(before, 0.0) if self.is_bent else before

    def _ended(self, logits: NDArray[Any]) -> Floats:
        if self.ends == "each":
            return logistic(logits.astype(np.float64))
        likely = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True), dtype=np.float64)

    def _learn(self, weights: Weights, adam: Adam, rows: Features, targets: Floats, rng: np.random.Generator) -> None:
        hidden = self._hidden(rows, weights)
        seen = hidden + rng.normal(0.0, self.noise, hidden.shape).astype(np.float32) if self.noise else hidden
        found = self._ended(seen @ weights["outer"] + weights["outer_bias"])
        slopes = (np.where(np.isnan(targets), 0.0, found - targets) / len(targets)).astype(np.float32)
        back = slopes @ weights["outer"].T
        if self.is_bent:
            back *= hidden > 0
        gradients = {
            "inner_bias": back.sum(axis=0),
            "outer": seen.T @ slopes + self.penalty * weights["outer"],
            "outer_bias": slopes.sum(axis=0),
        }
        touched = _touched(rows)
        across = rows.T if isinstance(rows, np.ndarray) else rows[:, touched].T
        inward = np.asarray(across @ back, dtype=np.float32)
        if self.penalty:
            inward += self.penalty * weights["inner"][touched]
        adam.step(weights, gradients)
        adam.step_rows("inner", weights["inner"], touched, inward)


def _touched(rows: Features) -> NDArray[np.intp]:
    """Returns the numbers of the features that some row has."""
    if isinstance(rows, np.ndarray):
        return np.arange(rows.shape[1])
    marks = np.zeros(rows.shape[1], dtype=np.bool_)
    marks[rows.indices] = True
    return np.flatnonzero(marks)

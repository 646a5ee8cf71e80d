"""How long a call of a model takes: fitted to its past calls, or a plain assumption."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from pipelines.estimate.draw import Floats
from pipelines.estimate.history import CallColumns

FEWEST_CALLS: Final = 10
ROUNDS: Final = 12
TUNING: Final = 1.345
SHORTEST_S: Final = 1e-4
LEAST_SD: Final = 0.05


@dataclass(frozen=True, slots=True)
class Speed:
    """Is the latency of a call: (start + per input token + per output token) times a log-normal factor of median 1.

    Attributes:
        sd: of the logarithm of the factor, from call to call; `unknown_sd`: how sure the whole is.
    """

    start_s: float
    input_s_per_token: float
    output_s_per_token: float
    sd: float
    unknown_sd: float
    source: str

    def median_s(self, input_tokens: Floats, output_tokens: Floats) -> Floats:
        """Returns the median latency of calls of these sizes."""
        time_s = self.start_s + self.input_s_per_token * input_tokens + self.output_s_per_token * output_tokens
        return np.asarray(np.maximum(time_s, SHORTEST_S))


ASSUMED: Final = Speed(0.5, 0.0002, 0.015, sd=0.5, unknown_sd=0.7, source="default: 0.5 s and 15 ms a token")


def fit_speed(calls: CallColumns | None) -> Speed:
    """Returns the speed that fits these calls, or the assumed one where there are fewer than `FEWEST_CALLS`.

    Source: robust regression with Huber weights (Huber, 1981, section 7.8) of the relative error, so that a slow call
    counts no more than a quick one; coefficients below 0 are left out one set after another.
    """
    if calls is None or calls.count < FEWEST_CALLS:
        return ASSUMED
    times_s = np.maximum(calls.latency_s, SHORTEST_S)
    design = np.column_stack((np.ones_like(times_s), calls.input_tokens, calls.output_tokens))
    weights = np.ones_like(times_s)
    found = np.zeros(3)
    for _ in range(ROUNDS):
        found = _not_negative(design / times_s[:, None], weights)
        errors = design @ found / times_s - 1.0
        scale = max(1.4826 * float(np.median(np.abs(errors))), 1e-6)
        weights = np.minimum(1.0, TUNING * scale / np.maximum(np.abs(errors), 1e-12))
    logs = np.log(times_s) - np.log(np.maximum(design @ found, SHORTEST_S))
    middle = float(np.median(logs))
    sd = max(1.4826 * float(np.median(np.abs(logs - middle))), LEAST_SD)
    start_s, input_s, output_s = (float(value) for value in found * np.exp(middle))
    return Speed(start_s, input_s, output_s, sd, sd / np.sqrt(calls.count), f"history n={calls.count} calls")


def _not_negative(design: Floats, weights: Floats) -> Floats:
    """Returns the coefficients that bring `design` nearest to 1, none below 0; an array (n_columns,)."""
    columns = design.shape[1]
    root = np.sqrt(weights)
    best, least = np.zeros(columns), np.inf
    for size in range(columns, 0, -1):
        for chosen in combinations(range(columns), size):
            part = design[:, chosen] * root[:, None]
            scale = np.maximum(np.linalg.norm(part, axis=0), 1e-300)
            solved = np.linalg.lstsq(part / scale, root, rcond=None)[0] / scale
            missed = float(np.sum((part @ solved - root) ** 2))
            if solved.min() >= 0.0 and missed < least:
                best = np.zeros(columns)
                best[list(chosen)] = solved
                least = missed
    return best

"""Bounds of confidence keep what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.routing.risk import bound_risk


def _drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns confidences and outcomes that are right with just this chance."""
    rng = np.random.default_rng(seed)
    confidence = rng.random(n)
    return confidence, (rng.random(n) < confidence).astype(float)


def test_a_perfect_confidence_accepts_all_that_is_right() -> None:
    right = np.array([1.0] * 150 + [0.0] * 50)
    found = bound_risk(right, right, risk=0.1)
    assert (found.threshold, found.accepted, found.wrong) == (1.0, 0.75, 0.0)


def test_a_worthless_confidence_accepts_nothing() -> None:
    rng = np.random.default_rng(0)
    found = bound_risk(rng.random(500), rng.integers(2, size=500).astype(float), risk=0.1)
    assert found.threshold is None
    assert found.accepted == 0.0


def test_the_promise_is_kept_in_nine_of_ten_calibrations() -> None:
    broken = 0
    for seed in range(200):
        confidence, right = _drawn(400, seed)
        bound = bound_risk(confidence, right, risk=0.15, sure=0.9).threshold
        # Of confidences that mean what they say, those above t are wrong with (1 - t) / 2 in the mean.
        broken += bound is not None and (1 - bound) / 2 > 0.15
    assert broken <= 30


def test_a_few_hundred_questions_are_enough_where_the_sure_half_is_right() -> None:
    rng = np.random.default_rng(0)
    accepted = []
    for _ in range(20):
        confidence = rng.random(300)
        right = np.where(confidence > 0.5, 1.0, rng.integers(2, size=300))
        accepted.append(bound_risk(confidence, right, risk=0.1).accepted)
    # Beginning at the surest fifteen, where even fifteen right answers prove nothing, this was 0.
    assert min(accepted) > 0.4


def test_too_few_questions_promise_nothing() -> None:
    assert bound_risk(np.arange(40.0) / 40, np.ones(40), risk=0.1).threshold is None


def test_more_questions_accept_more() -> None:
    few, many = (bound_risk(*_drawn(n, 1), risk=0.15).accepted for n in (200, 20_000))
    assert few < many < 0.32


def test_wrong_requests_are_told() -> None:
    with pytest.raises(ConfigurationError, match="need one shape"):
        bound_risk(np.zeros(3), np.zeros(2), risk=0.1)
    with pytest.raises(ConfigurationError, match="between 0 and 1"):
        bound_risk(np.zeros(3), np.zeros(3), risk=1.0)

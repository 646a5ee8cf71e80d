"""The time of calls, fitted."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.estimate.history import CallColumns
from pipelines.estimate.speed import ASSUMED, fit_speed


def calls(count: int, *, sd: float = 0.0, stuck: int = 0) -> CallColumns:
    """Calls that take 0.4 s, 0.1 ms a token in and 20 ms a token out, some of them stuck for 100 times as long."""
    rng = np.random.default_rng(3)
    tokens_in, tokens_out = rng.uniform(50, 5_000, count), rng.uniform(5, 600, count)
    times_s = (0.4 + 0.0001 * tokens_in + 0.02 * tokens_out) * np.exp(sd * rng.standard_normal(count))
    times_s[:stuck] *= 100.0
    return CallColumns(tokens_in, tokens_out, times_s, paid_usd=1.1, list_usd=1.0)


def test_the_coefficients_of_exact_calls_are_found() -> None:
    speed = fit_speed(calls(50))
    assert speed.start_s == pytest.approx(0.4, rel=1e-6)
    assert speed.input_s_per_token == pytest.approx(0.0001, rel=1e-6)
    assert speed.output_s_per_token == pytest.approx(0.02, rel=1e-6)
    assert speed.source == "history n=50 calls"


def test_calls_that_hung_do_not_spoil_the_fit() -> None:
    speed = fit_speed(calls(200, sd=0.2, stuck=20))
    assert speed.output_s_per_token == pytest.approx(0.02, rel=0.15)
    assert speed.sd == pytest.approx(0.2, rel=0.3)


def test_fewer_than_ten_calls_are_not_fitted() -> None:
    assert fit_speed(calls(9)) is ASSUMED
    assert fit_speed(None) is ASSUMED


def test_no_coefficient_is_negative() -> None:
    flat = calls(40)
    falling = CallColumns(flat.input_tokens, flat.output_tokens, 5.0 - 0.005 * flat.output_tokens, 0.0, 0.0)
    speed = fit_speed(falling)
    assert min(speed.start_s, speed.input_s_per_token, speed.output_s_per_token) >= 0.0
    assert speed.start_s > 1.0


def test_equal_calls_are_no_trouble() -> None:
    same = np.full(20, 100.0)
    speed = fit_speed(CallColumns(same, same, np.full(20, 2.0), 0.0, 0.0))
    assert speed.median_s(same[:1], same[:1])[0] == pytest.approx(2.0)


def test_failed_attempts_that_cost_money_raise_the_price() -> None:
    assert calls(1).paid_ratio == pytest.approx(1.1)
    assert CallColumns(np.ones(1), np.ones(1), np.ones(1), paid_usd=0.0, list_usd=0.0).paid_ratio == 1.0

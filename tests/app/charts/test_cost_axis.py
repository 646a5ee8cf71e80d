"""The axis of costs: ticks that are read at a glance."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from app.charts.cost_axis import amount_text, scale_costs, ticks_of


def test_costs_far_apart_get_a_logarithmic_axis_with_amounts() -> None:
    figure = go.Figure()
    scale_costs(figure, np.array([0.03, 4.0, np.nan]))
    axis = figure.layout.xaxis
    assert axis.type == "log"
    assert list(axis.ticktext) == ["$0.02", "$0.05", "$0.1", "$0.2", "$0.5", "$1", "$2", "$5"]


def test_costs_close_together_begin_at_zero_without_exponents() -> None:
    figure = go.Figure()
    scale_costs(figure, np.array([1e-5, 3e-5]))
    assert (figure.layout.xaxis.rangemode, figure.layout.xaxis.exponentformat) == ("tozero", "none")


def test_many_decades_have_one_tick_each() -> None:
    assert ticks_of(0.00002, 90.0) == pytest.approx([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100])


@pytest.mark.parametrize(("cost_usd", "text"), [(0.00005, "$0.00005"), (0.2, "$0.2"), (1000.0, "$1,000")])
def test_amounts_have_no_exponent(cost_usd: float, text: str) -> None:
    assert amount_text(cost_usd) == text

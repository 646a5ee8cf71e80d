"""The axis of costs: logarithmic where they lie far apart, its ticks written as amounts that are read at a glance."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.thinning import spans_decades
from pipelines.experiment.results import Floats

WIDE: Final = 30.0
"""Ratio of the dearest to the cheapest from which the axis is logarithmic."""
MOST_DECADES: Final = 3.0
"""Decades up to which 2 and 5 have a tick beside 1."""


def scale_costs(figure: go.Figure, costs_usd: Floats) -> None:
    """Sets a logarithmic axis where the costs lie far apart, else one that begins at 0."""
    if not spans_decades(costs_usd, WIDE):
        figure.update_xaxes(rangemode="tozero", tickprefix="$", exponentformat="none")
        return
    known = costs_usd[np.isfinite(costs_usd)]
    ticks = ticks_of(float(known.min()), float(known.max()))
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[amount_text(tick) for tick in ticks])


def ticks_of(low: float, high: float) -> list[float]:
    """Returns the round numbers between two positive ones, and one more on each side."""
    steps = (1, 2, 5) if math.log10(high / low) <= MOST_DECADES else (1,)
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    every = [step * 10.0**decade for decade in decades for step in steps]
    first = max((place for place, tick in enumerate(every) if tick <= low), default=0)
    last = min((place for place, tick in enumerate(every) if tick >= high), default=len(every) - 1)
    return every[first : last + 1]


def amount_text(cost_usd: float) -> str:
    """Returns a round amount in USD without an exponent."""
    digits = max(0, -math.floor(math.log10(cost_usd) + 1e-9))
    return f"${cost_usd:,.{digits}f}"

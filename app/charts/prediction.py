"""What was predicted before an experiment against what came."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.look import colour, quiet, styled
from app.charts.text import share_text
from app.charts.thinning import MOST_DRAWN, scatter, spans_decades, thinned
from pipelines.experiment.results import Floats

WIDE: Final = 30.0


def predicted_actual(
    predicted: Floats,
    actual: Floats,
    *,
    low: Floats | None = None,
    high: Floats | None = None,
    what: str = "cost",
    unit: str = "USD",
    confidence: float = 0.9,
    dark: bool = False,
) -> go.Figure:
    """Returns a point for each row: on the line what came as predicted; the note tells how often the interval held.

    Args:
        predicted: of each row (n_rows,), in `unit`; `actual` likewise.
        actual: what came.
        low: lower bound of each prediction, with `high`; None where there was no interval.
        high: as `low`.
        what: which number it is.
        unit: of both axes.
        confidence: what the interval promised.
        dark: on a dark page.
    """
    known = np.isfinite(predicted) & np.isfinite(actual)
    x, y = predicted[known], actual[known]
    far = np.argsort(-np.abs(y - x), kind="stable")[:20].astype(np.int64)
    wide = spans_decades(x, WIDE) and spans_decades(y, 1.0)
    shown = thinned(np.log(x) if wide else x, np.log(y) if wide else y, far, MOST_DRAWN)
    figure = go.Figure()
    if len(x):
        ends = [float(min(x.min(), y.min())), float(max(x.max(), y.max()))]
        line = {"color": quiet(dark=dark), "dash": "dot", "width": 1}
        figure.add_trace(go.Scatter(name="as predicted", x=ends, y=ends, mode="lines", line=line, hoverinfo="skip"))
    figure.add_trace(
        scatter(
            len(shown),
            name="rows",
            x=x[shown],
            y=y[shown],
            mode="markers",
            marker={"size": 6, "opacity": 0.6, "color": colour(0, dark=dark)},
            hovertemplate=f"predicted %{{x:.4g}} {unit}<br>actual %{{y:.4g}} {unit}<extra></extra>",
        )
    )
    note = share_text(len(shown), len(x), "rows") + _coverage(y, known, low, high, confidence)
    title = f"Predicted and actual {what}"
    styled(figure, title=title, x=f"predicted, {unit}", y=f"actual, {unit}", note=note, dark=dark)
    if wide:
        figure.update_xaxes(type="log")
        figure.update_yaxes(type="log")
    return figure


def _coverage(
    y: Floats,
    known: np.ndarray[tuple[int], np.dtype[np.bool_]],
    low: Floats | None,
    high: Floats | None,
    promised: float,
) -> str:
    if low is None or high is None or not len(y):
        return ""
    held = float(np.mean((low[known] <= y) & (y <= high[known])))
    return f"; {held:.0%} lie in the {promised:.0%} interval"

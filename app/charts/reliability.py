"""Whether pipelines are as sure as they are right: stated confidence against accuracy."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from app.charts.look import colour, dash, quiet, styled, symbol
from app.charts.text import escaped
from pipelines.statistics.report import ContenderReport, Report

MOST_BARRED: Final = 3
"""Curves up to which intervals are drawn; above they hide each other and are left to the hover text."""


def reliability_diagram(report: Report, *, dark: bool = False) -> go.Figure:
    """Returns for each pipeline that states a confidence its reliability curve, with intervals and n."""
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            name="as sure as right", x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
            line={"color": quiet(dark=dark), "dash": "dot", "width": 1},
        )
    )  # fmt: skip
    told = [(place, found) for place, found in enumerate(report.contenders) if found.reliability]
    for place, found in told:
        figure.add_trace(_curve(found, place, bars=len(told) <= MOST_BARRED, dark=dark))
    n = sum(found.calibration_error.n for _, found in told)
    note = (
        f"n = {n:,} answers with a confidence; {report.confidence:.0%} interval as bars or on hover"
        if n
        else "no pipeline states one"
    )
    styled(
        figure,
        title="Calibration",
        x="confidence the pipeline stated",
        y="accuracy of those answers",
        note=note,
        dark=dark,
    )
    figure.update_xaxes(range=[-0.02, 1.02])
    figure.update_yaxes(range=[-0.02, 1.02])
    return figure


def _curve(found: ContenderReport, place: int, *, bars: bool, dark: bool) -> go.Scatter:
    bins, error = found.reliability, found.calibration_error.value
    gap = "" if error is None else f"<br>expected calibration error {error:.3f}"
    return go.Scatter(
        name=escaped(found.label, 40),
        x=[part.confidence for part in bins],
        y=[part.accuracy for part in bins],
        error_y={
            "array": [part.high - part.accuracy for part in bins],
            "arrayminus": [part.accuracy - part.low for part in bins],
            "thickness": 1.2,
            "visible": bars,
            "width": 3,
        },
        mode="lines+markers",
        marker={"symbol": symbol(place), "size": 9, "color": colour(place, dark=dark)},
        line={"color": colour(place, dark=dark), "dash": dash(place)},
        customdata=[[part.n, part.low, part.high] for part in bins],
        hovertemplate=f"<b>{escaped(found.label)}</b><br>sure %{{x:.2f}}, right %{{y:.2f}} "
        f"(%{{customdata[1]:.2f}} to %{{customdata[2]:.2f}}), n = %{{customdata[0]:,}}{gap}<extra></extra>",
    )

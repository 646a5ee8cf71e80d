"""Accuracy of routers between two models, at every share of calls to the stronger one: no costs are needed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from app.charts.look import colour, dash, quiet, styled
from app.charts.plane import ACCURACY
from app.charts.text import escaped
from app.charts.thinning import ranks
from app.figure import count_text
from pipelines.outcome.table import Floats
from pipelines.routing.figures import RouterComparison

MOST_POINTS = 400


def router_share(
    comparison: RouterComparison, curves: Mapping[str, Floats], *, chosen: str = "", dark: bool = False
) -> go.Figure:
    """Returns a line for each router over that of asking at random.

    Args:
        comparison: of two models.
        curves: by router, the mean score at every number of strong calls, an array (n_queries + 1,).
        chosen: the router whose line is thick.
        dark: whether the page is.
    """
    figure = go.Figure()
    apgr = {found.name: found.apgr.value for found in comparison.routers}
    for place, (name, curve) in enumerate(curves.items()):
        at = ranks(len(curve), MOST_POINTS)
        if not place:
            figure.add_trace(
                go.Scatter(
                    name="at random", x=[0, 1], y=[curve[0], curve[-1]], mode="lines", hoverinfo="skip",
                    line={"color": quiet(dark=dark), "dash": "dot", "width": 1.5},
                )
            )  # fmt: skip
        value = apgr.get(name)
        told = "" if value is None else f", APGR {value:.3f}"
        line = {"color": colour(place, dark=dark), "dash": dash(place), "width": 3.5 if name == chosen else 2}
        figure.add_trace(
            go.Scatter(
                name=f"{escaped(name, 40)}{told}",
                x=at / (len(curve) - 1),
                y=np.asarray(curve)[at],
                mode="lines",
                line=line,
                hovertemplate=f"<b>{escaped(name)}</b><br>%{{x:.0%}} of the calls to the stronger model, accuracy"
                " %{y:.3f}<extra></extra>",
            )
        )
    note = f"{count_text(comparison.n_test, 'test row')}; costs are not known, so calls are counted"
    title = f"Accuracy at every share of calls to {escaped(comparison.best_single, 40)}"
    styled(figure, title=title, x="share of calls to the stronger model", y=ACCURACY, note=note, dark=dark)
    figure.update_xaxes(tickformat=".0%", range=[-0.01, 1.01])
    return figure

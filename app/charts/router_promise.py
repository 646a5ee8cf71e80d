"""The models of an outcome table in the cost-accuracy plane, with the oracle above them."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from app.charts.cost_axis import scale_costs
from app.charts.look import MOST_NAMED, colour, ink, quiet, styled, symbol
from app.charts.mixing import filled
from app.charts.plane import ACCURACY, COST
from app.charts.router_curve import PER
from app.charts.text import escaped
from pipelines.routing.curve import hull
from pipelines.routing.figures import Figure
from pipelines.routing.prospect import Prospect


def router_promise(prospect: Prospect, *, dark: bool = False) -> go.Figure:
    """Returns a point for each model and one for the oracle; without costs the models lie in a line."""
    priced = prospect.cheapest is not None
    costs = {model: (cost or 0.0) * PER for model, cost in prospect.cost_usd.items()}
    if not priced:
        order = sorted(prospect.models, key=lambda model: prospect.accuracy[model].value or 0.0)
        costs = {model: float(place) for place, model in enumerate(order, start=1)}
    figure = go.Figure()
    if priced and len(costs) > 1:
        accuracy = np.array([prospect.accuracy[model].value or 0.0 for model in costs])
        x, y = filled(*hull(np.array(list(costs.values())), accuracy))
        line = {"color": quiet(dark=dark), "dash": "dot", "width": 1.5}
        figure.add_trace(go.Scatter(name="random mix", x=x, y=y, mode="lines", line=line, hoverinfo="skip"))
    for place, (model, cost) in enumerate(costs.items()):
        figure.add_trace(_point(model, cost, prospect.accuracy[model], colour(place, dark=dark), symbol(place), priced))
    above = (prospect.oracle_cost_usd or 0.0) * PER if priced else len(costs) + 1.0
    figure.add_trace(_point("oracle", above, prospect.oracle, ink(dark=dark), "star", priced))
    if len(figure.data) > MOST_NAMED:
        _name_corners(figure, prospect)
    note = f"n = {prospect.n_rows:,} questions that all of these models were asked; bars: 95 % interval"
    x_title = COST if priced else "models, the most accurate last (costs are not known)"
    styled(figure, title="Models and oracle", x=x_title, y=ACCURACY, note=note, dark=dark)
    if not priced:
        figure.update_xaxes(showticklabels=False)
    else:
        scale_costs(figure, np.array([*costs.values(), above]))
    return figure


def _name_corners(figure: go.Figure, prospect: Prospect) -> None:
    """Writes the names beside the oracle and the models that none beats for less, where a legend would be too long."""
    cheapest_first = sorted(prospect.models, key=lambda model: prospect.cost_usd[model] or 0.0)
    corners, best = {"oracle"}, -1.0
    for model in cheapest_first:
        if (prospect.accuracy[model].value or 0.0) > best:
            best = prospect.accuracy[model].value or 0.0
            corners.add(escaped(model, 40))
    for trace in figure.data:
        if trace.name in corners:
            trace.update(mode="markers+text", text=[escaped(trace.name, 24)], textposition="top center")


def _point(name: str, x: float, accuracy: Figure, shade: str, mark: str, priced: bool) -> go.Scatter:
    value = accuracy.value or 0.0
    low, high = (
        accuracy.low if accuracy.low is not None else value,
        accuracy.high if accuracy.high is not None else value,
    )
    meaning = "<br>the cheapest of the best models on each question, luck included" if name == "oracle" else ""
    cost = "<br>$%{x:.4g} per 1,000 questions" if priced else ""
    return go.Scatter(
        name=escaped(name, 40),
        x=[x],
        y=[value],
        error_y={"array": [high - value], "arrayminus": [value - low], "width": 4, "thickness": 1.2},
        mode="markers",
        marker={"color": shade, "symbol": mark, "size": 12},
        hovertemplate=f"<b>{escaped(name)}</b>{meaning}<br>accuracy %{{y:.3f}} (95 %: {low:.3f} to {high:.3f}){cost}"
        "<extra></extra>",
    )

"""Cost and accuracy of routers at every weight of cost, beside all they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.cost_axis import scale_costs
from app.charts.look import colour, dash, ink, quiet, styled, symbol
from app.charts.mixing import filled
from app.charts.plane import ACCURACY, COST
from app.charts.text import escaped
from app.figure import count_text
from pipelines.outcome.table import Floats
from pipelines.routing.board import Point
from pipelines.routing.curve import Curve, hull
from pipelines.routing.figures import Figure, RouterComparison, RouterFigures

PER: Final = 1_000
MEANINGS: Final = {
    "oracle": "knows what everybody will score, luck included: no router does better",
    "best single": "always the model that was best in training",
    "cheapest": "always the cheapest model",
    "random": "a model drawn at random",
    "task table": "the best model of the true task: what a simple table knows",
}
MARKS: Final = {"oracle": "star", "best single": "circle-open", "cheapest": "square-open", "random": "x-thin-open"}


def router_curve(
    comparison: RouterComparison,
    curves: Mapping[str, Curve],
    mix: tuple[Floats, Floats],
    *,
    chosen: str = "",
    point: Point | None = None,
    null: Figure | None = None,
    points: Mapping[str, tuple[float, Figure]] | None = None,
    references: bool = True,
    dark: bool = False,
) -> go.Figure:
    """Returns the plane with a curve for each router; `point` and `null` belong to the chosen one.

    Args:
        comparison: has the references and the n.
        curves: by router.
        mix: hull of the single models, cost of a question and accuracy.
        chosen: the router whose point is shown.
        point: where it stands at the present weight of cost.
        null: accuracy of its choices dealt to the questions at random.
        points: other ways of asking, each with its cost of a question and its accuracy.
        references: whether oracle, best single and the others are drawn, which know present prices only.
        dark: whether the page is.
    """
    figure = go.Figure()
    figure.add_trace(
        _line("random mix of models", *filled(*mix), quiet(dark=dark), "dot", "what a coin between two models reaches")
    )
    for place, (name, curve) in enumerate(curves.items()):
        shade = colour(place, dark=dark)
        figure.add_traces(_curve(name, curve, shade, dash(place), thick=name == chosen))
    for name, found in comparison.references.items() if references else ():
        for trace in _reference(name, found, ink(dark=dark)):
            figure.add_trace(trace)
    place = list(curves).index(chosen) if chosen in curves else 0
    if point is not None and point.cost_usd is not None:
        if null is not None:
            figure.add_trace(_null(point.cost_usd, null, quiet(dark=dark)))
        figure.add_trace(_here(chosen, point, colour(place, dark=dark)))
    for number, (name, (cost_usd, accuracy)) in enumerate((points or {}).items(), start=len(curves)):
        figure.add_trace(_way(name, cost_usd, accuracy, colour(number, dark=dark), symbol(number)))
    judged = f"{count_text(comparison.n_test, 'test row')} of {escaped(comparison.table)}"
    note = f"{judged}, trained on {comparison.n_train:,} others"
    styled(figure, title="What a question costs, and how often it is answered right", x=COST, y=ACCURACY, note=note,
           dark=dark, height=520)  # fmt: skip
    others = np.array([cost_usd for cost_usd, _ in (points or {}).values()])
    scale_costs(figure, np.concatenate([others, *([curve.cost_usd for curve in curves.values()] or [mix[0]])]) * PER)
    return figure


def _line(name: str, cost_usd: Floats, accuracy: Floats, shade: str, line: str, meaning: str) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=cost_usd * PER,
        y=accuracy,
        mode="lines+markers" if len(cost_usd) == 1 else "lines",
        line={"color": shade, "dash": line, "width": 1.5},
        hovertemplate=f"<b>{name}</b>: {meaning}<br>$%{{x:.4g}} per 1,000, accuracy %{{y:.3f}}<extra></extra>",
    )


def _curve(name: str, curve: Curve, shade: str, line: str, *, thick: bool) -> list[go.Scatter]:
    """Returns a dot for each weight of cost, and between them the line of mixing two weights at random."""
    order = np.lexsort((curve.quality, curve.cost_usd))
    costs, quality = filled(curve.cost_usd[order], curve.quality[order])
    both = {"name": escaped(name, 40), "legendgroup": name}
    style = {"color": shade, "dash": line, "width": 3.5 if thick else 2}
    told = f"<b>{escaped(name)}</b> at λ = %{{customdata}}<br>$%{{x:.4g}} per 1,000, accuracy %{{y:.3f}}<extra></extra>"
    return [
        go.Scatter(x=costs * PER, y=quality, mode="lines", line=style, hoverinfo="skip", **both),
        go.Scatter(
            x=curve.cost_usd * PER,
            y=curve.quality,
            mode="markers",
            marker={"size": 5, "color": shade},
            customdata=[weight_text(float(weight)) for weight in curve.weight],
            hovertemplate=told,
            showlegend=False,
            **both,
        ),
    ]


def _reference(name: str, found: RouterFigures, shade: str) -> list[go.Scatter]:
    if found.cost_usd.value is None or found.accuracy.value is None:
        return []
    told = f"<b>{name}</b>: {MEANINGS.get(name, '')}<br>$%{{x:.4g}} per 1,000, accuracy %{{y:.3f}}<extra></extra>"
    traces = []
    if name in ("oracle", "task table") and len(found.curve_cost_usd) > 1:
        corners = filled(*hull(np.array(found.curve_cost_usd), np.array(found.curve_accuracy)))
        line = _line(f"{name}, at every weight", *corners, shade, "dashdot" if name == "oracle" else "longdash",
                     MEANINGS[name])  # fmt: skip
        line.update(opacity=0.6)
        traces.append(line)
    mark = {
        "symbol": MARKS.get(name, "diamond-open"),
        "size": 13,
        "color": shade,
        "line": {"width": 1.8, "color": shade},
    }
    point = {"x": [found.cost_usd.value * PER], "y": [found.accuracy.value], "error_y": _bars(found.accuracy)}
    return [*traces, go.Scatter(name=name, mode="markers", marker=mark, hovertemplate=told, **point)]


def _null(cost_usd: float, null: Figure, shade: str) -> go.Scatter:
    return go.Scatter(
        name="the same choices, shuffled",
        x=[cost_usd * PER],
        y=[null.value],
        error_y=_bars(null),
        mode="markers",
        marker={"symbol": "line-ew-open", "size": 14, "color": shade, "line": {"width": 2, "color": shade}},
        hovertemplate="<b>permutation null</b>: the same choices dealt to the questions at random; a router no better"
        "<br>than this only learned how often to ask whom<br>accuracy %{y:.3f}<extra></extra>",
    )


def _here(name: str, point: Point, shade: str) -> go.Scatter:
    return go.Scatter(
        name=f"{escaped(name, 30)} here",
        x=[(point.cost_usd or 0.0) * PER],
        y=[point.accuracy.value],
        error_y=_bars(point.accuracy),
        mode="markers",
        marker={"symbol": symbol(0), "size": 15, "color": shade, "line": {"width": 2, "color": "white"}},
        hovertemplate=f"<b>{escaped(name)}</b> at λ = {weight_text(point.weight)}<br>$%{{x:.4g}} per 1,000, accuracy"
        " %{y:.3f}<extra></extra>",
    )


def _way(name: str, cost_usd: float, accuracy: Figure, shade: str, mark: str) -> go.Scatter:
    return go.Scatter(
        name=escaped(name, 40),
        x=[cost_usd * PER],
        y=[accuracy.value],
        error_y=_bars(accuracy),
        mode="markers",
        marker={"symbol": mark, "size": 13, "color": shade},
        hovertemplate=f"<b>{escaped(name)}</b><br>$%{{x:.4g}} per 1,000, accuracy %{{y:.3f}}<extra></extra>",
    )


def _bars(figure: Figure) -> dict[str, object]:
    value, low, high = figure.value, figure.low, figure.high
    if value is None or low is None or high is None:
        return {"visible": False}
    return {"array": [high - value], "arrayminus": [value - low], "width": 4, "thickness": 1.2}


def weight_text(weight: float) -> str:
    """Returns a weight of cost in words: what one USD is worth in score."""
    if weight == 0:
        return "0 (accuracy only)"
    if np.isinf(weight):
        return "∞ (cost only)"
    return f"{weight:,.0f} per USD" if weight >= 100 else f"{weight:.3g} per USD"


def router_forest(comparison: RouterComparison, names: Sequence[str], *, dark: bool = False) -> go.Figure:
    """Returns the accuracy of routers and references with their intervals, the best at the top."""
    own = [router for router in comparison.routers if router.name in names]
    rows = sorted((*own, *comparison.references.values()), key=lambda found: found.accuracy.value or 0.0)
    known = {found.name for found in own}
    figure = go.Figure()
    for is_own, title in ((True, "routers"), (False, "references")):
        part = [(place, found) for place, found in enumerate(rows) if (found.name in known) == is_own]
        bars = [(found.accuracy.value or 0.0, found.accuracy.low, found.accuracy.high) for _, found in part]
        figure.add_trace(
            go.Scatter(
                name=title,
                x=[value for value, _, _ in bars],
                y=[place for place, _ in part],
                error_x={
                    "array": [(high if high is not None else value) - value for value, _, high in bars],
                    "arrayminus": [value - (low if low is not None else value) for value, low, _ in bars],
                    "width": 4,
                },
                mode="markers",
                marker={
                    "size": 11,
                    "symbol": "circle" if is_own else "diamond-open",
                    "color": colour(0, dark=dark) if is_own else ink(dark=dark),
                },
                customdata=[escaped(found.name) for _, found in part],
                hovertemplate="<b>%{customdata}</b><br>accuracy %{x:.3f}<extra></extra>",
            )
        )
    note = f"{count_text(comparison.n_test, 'test row')}; bars: 95 % interval; only the score counts (λ = 0)"
    styled(figure, title="Accuracy", x=ACCURACY, note=note, dark=dark, height=190 + 30 * len(rows))
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[escaped(found.name, 34) for found in rows], showgrid=False
    )
    return figure

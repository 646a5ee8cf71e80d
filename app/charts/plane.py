"""The cost-accuracy plane: pipelines, Pareto front, random mixes, best single pipeline, oracle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.cost_axis import WIDE, scale_costs
from app.charts.look import colour, ink, quiet, styled, symbol
from app.charts.mixing import filled
from app.charts.text import escaped, share_text
from app.charts.thinning import MOST_DRAWN, scatter, spans_decades, thinned
from pipelines.experiment.results import Floats
from pipelines.statistics.frontier import pareto_front
from pipelines.statistics.report import PlanePoint, Report

COST: Final = "USD per 1,000 questions, list price"
ACCURACY: Final = "accuracy (mean score)"


def plane(report: Report, *, dark: bool = False) -> go.Figure:
    """Returns the plane of a report: its pipelines on the examples that all of them have."""
    figure = go.Figure()
    singles = [point for point in report.plane if point.kind == "contender"]
    oracle = next((point for point in report.plane if point.kind == "oracle"), None)
    if len(report.mix) > 1:
        figure.add_trace(
            _line(
                "random mix", _mixed(report.mix), "dot", quiet(dark=dark), "what a coin between two pipelines reaches"
            )
        )
    front = sorted((p for p in singles if p.label in report.pareto), key=lambda p: p.cost_usd_per_1k)
    if len(front) > 1:
        corners = [(p.cost_usd_per_1k, p.accuracy, p.label) for p in front]
        figure.add_trace(_line("Pareto front", corners, "solid", ink(dark=dark), "nothing is both cheaper and better"))
    for place, point in enumerate(singles):
        figure.add_trace(_point(point, report.confidence, colour(place, dark=dark), symbol(place)))
    best = next((point for point in singles if point.label == report.best_single), None)
    if best is not None and len(singles) > 1:
        figure.add_trace(_ring(best, ink(dark=dark)))
    if oracle is not None:
        figure.add_trace(_point(oracle, report.confidence, ink(dark=dark), "star"))
    note = f"n = {report.common_examples:,} examples that all have; bars: {report.confidence:.0%} interval"
    styled(figure, title="Cost and accuracy", x=COST, y=ACCURACY, note=note, dark=dark)
    scale_costs(figure, np.asarray([point.cost_usd_per_1k for point in report.plane]))
    return figure


def cloud(costs: Floats, accuracies: Floats, labels: Sequence[str], *, dark: bool = False) -> go.Figure:
    """Returns the plane of any number of configurations, such as the sweep of a router; the front is kept exactly."""
    front = pareto_front(costs, accuracies)
    wide = spans_decades(costs, WIDE)
    shown = thinned(np.log(costs) if wide else costs, accuracies, front, MOST_DRAWN)
    figure = go.Figure()
    figure.add_trace(
        scatter(
            len(shown),
            name="configurations",
            x=costs[shown],
            y=accuracies[shown],
            mode="markers",
            marker={"size": 5, "opacity": 0.55, "color": colour(0, dark=dark)},
            text=[escaped(labels[place]) for place in shown.tolist()] if len(shown) <= MOST_DRAWN // 4 else None,
            hovertemplate="%{text}<br>$%{x:.4g} per 1,000<br>accuracy %{y:.3f}<extra></extra>",
        )
    )
    corners = [(float(costs[place]), float(accuracies[place]), labels[place]) for place in front.tolist()]
    figure.add_trace(_line("Pareto front", corners, "solid", ink(dark=dark), "nothing is both cheaper and better"))
    known = int(np.count_nonzero(np.isfinite(costs) & np.isfinite(accuracies)))
    note = share_text(len(shown), known, "configurations")
    styled(figure, title="Cost and accuracy", x=COST, y=ACCURACY, note=note, dark=dark)
    scale_costs(figure, costs)
    return figure


def _line(name: str, corners: list[tuple[float, float, str]], line: str, shade: str, meaning: str) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=[cost for cost, _, _ in corners],
        y=[accuracy for _, accuracy, _ in corners],
        mode="lines",
        line={"color": shade, "dash": line, "width": 1.5},
        text=[escaped(label) for _, _, label in corners],
        hovertemplate=f"<b>{name}</b>: {meaning}<br>%{{text}}<br>$%{{x:.4g}} per 1,000, accuracy %{{y:.3f}}"
        "<extra></extra>",
    )


def _mixed(corners: Sequence[PlanePoint]) -> list[tuple[float, float, str]]:
    """Returns the corners of the mix with points between them, which a logarithmic axis does not put on a line."""
    labels = {point.cost_usd_per_1k: point.label for point in corners}
    costs, accuracies = filled(
        np.array([point.cost_usd_per_1k for point in corners]), np.array([point.accuracy for point in corners])
    )
    return [
        (float(cost), float(accuracy), labels.get(float(cost), "between two pipelines"))
        for cost, accuracy in zip(costs, accuracies, strict=True)
    ]


def _point(point: PlanePoint, confidence: float, shade: str, mark: str) -> go.Scatter:
    known = point.low is not None and point.high is not None
    up, down = (point.high or 0) - point.accuracy, point.accuracy - (point.low or 0)
    meaning = "<br>best answer to each question, luck included: no router does better" if point.kind == "oracle" else ""
    interval = f"{confidence:.0%}: {point.low:.3f} to {point.high:.3f}" if known else "no interval"
    return go.Scatter(
        name=escaped(point.label, 40),
        x=[point.cost_usd_per_1k],
        y=[point.accuracy],
        error_y={"array": [up], "arrayminus": [down], "width": 4, "thickness": 1.2, "visible": known},
        mode="markers",
        marker={"color": shade, "symbol": mark, "size": 12},
        hovertemplate=f"<b>{escaped(point.label)}</b>{meaning}<br>accuracy %{{y:.3f}} ({interval}), n = {point.n:,}"
        "<br>$%{x:.4g} per 1,000 questions<extra></extra>",
    )


def _ring(best: PlanePoint, shade: str) -> go.Scatter:
    return go.Scatter(
        name="best single",
        x=[best.cost_usd_per_1k],
        y=[best.accuracy],
        mode="markers",
        marker={"symbol": "circle-open", "size": 22, "color": shade, "line": {"width": 1.5}},
        hoverinfo="skip",
    )

"""Every chart of an experiment that has something to show, in the order of the questions a reader asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import plotly.graph_objects as go

from app.charts.difference import difference_forest, difference_rows
from app.charts.latency import latency_ecdf
from app.charts.node_use import NodeUse, node_cost, node_latency
from app.charts.plane import plane
from app.charts.reliability import reliability_diagram
from app.charts.route_flow import route_flow
from app.charts.slice_heat import slice_heat
from app.charts.token_use import token_use
from pipelines.experiment.results import Results
from pipelines.statistics.report import Report

MOST_ROW_CHARTS: Final = 3
MOST_FLOWS: Final = 4


def charts_of(
    report: Report, results: Results, nodes: Sequence[NodeUse] = (), *, dark: bool = False
) -> tuple[tuple[str, go.Figure], ...]:
    """Returns the charts by name, which is a good file name; all are small enough to be drawn as SVG."""
    return tuple(_charts(report, results, nodes, dark=dark))


def _charts(
    report: Report, results: Results, nodes: Sequence[NodeUse], *, dark: bool
) -> Iterator[tuple[str, go.Figure]]:
    if report.plane:
        yield "cost-accuracy", plane(report, dark=dark)
    if any(pair.n for pair in report.pairs):
        yield "differences", difference_forest(report, dark=dark)
        yield from _row_charts(report, results, dark=dark)
    if any(found.latency_p50_s.n for found in report.contenders):
        yield "latency", latency_ecdf(results, dark=dark)
        yield "tokens", token_use(report, dark=dark)
    if nodes:
        yield "node-cost", node_cost(nodes, dark=dark)
        yield "node-latency", node_latency(nodes, dark=dark)
    for what, slices in (("tag", report.tags), ("difficulty", report.difficulties)):
        if slices:
            yield (
                f"accuracy-by-{what}",
                slice_heat(slices, results.contenders, what=what, confidence=report.confidence, dark=dark),
            )
    routed = list(dict.fromkeys(found.contender for found in report.routes))[:MOST_FLOWS]
    for label in routed:
        place = results.contenders.index(label)
        yield f"routes-{place + 1}", route_flow(results, place, dark=dark)
    if any(found.reliability for found in report.contenders):
        yield "calibration", reliability_diagram(report, dark=dark)


def _row_charts(report: Report, results: Results, *, dark: bool) -> Iterator[tuple[str, go.Figure]]:
    ranked = sorted((pair for pair in report.pairs if pair.n), key=lambda pair: pair.p_value or 0.0)
    for number, pair in enumerate(ranked[:MOST_ROW_CHARTS], start=1):
        places = (results.contenders.index(pair.first), results.contenders.index(pair.second))
        yield f"difference-{number}", difference_rows(results, *places, dark=dark)

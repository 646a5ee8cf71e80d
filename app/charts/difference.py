"""How two pipelines differ: example by example, and every pair with its interval."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.look import colour, quiet, styled
from app.charts.text import escaped, interval_text, share_text
from app.charts.thinning import MOST_SVG, ranks
from pipelines.experiment.results import Results
from pipelines.statistics.report import PairReport, Report

MOST_PAIRS: Final = 60
ROW_PX: Final = 30


def difference_rows(results: Results, first: int, second: int, *, dark: bool = False) -> go.Figure:
    """Returns the differences in score (second minus first) of the examples that both have, sorted."""
    scores = results.matrix(results.score)
    change = scores[:, second] - scores[:, first]
    both = np.flatnonzero(~np.isnan(change))
    order = both[np.argsort(change[both], kind="stable")]
    shown = ranks(len(order), MOST_SVG)
    values = change[order[shown]]
    one, other = escaped(results.contenders[first], 40), escaped(results.contenders[second], 40)
    figure = go.Figure()
    for name, side, shade in ((f"{one} better", values < 0, 1), (f"{other} better", values > 0, 0)):
        figure.add_trace(
            go.Bar(
                name=name,
                x=shown[side] + 1,
                y=values[side],
                marker={"color": colour(shade, dark=dark), "line": {"width": 0}},
                customdata=[escaped(results.examples.ids[place], 40) for place in order[shown[side]].tolist()],
                hovertemplate="example %{customdata}<br>difference %{y:+.3f}<extra></extra>",
            )
        )
    ties = int(np.count_nonzero(np.abs(change[both]) == 0))
    note = f"{share_text(len(shown), len(order), 'common examples')}; {ties:,} are equal"
    styled(figure, title=f"{other} minus {one}", x="examples, sorted", y="difference in score", note=note, dark=dark)
    figure.update_layout(bargap=0.0, barmode="overlay")
    figure.update_yaxes(range=[-1.05, 1.05], zeroline=True, zerolinecolor=quiet(dark=dark))
    return figure


def difference_forest(report: Report, *, dark: bool = False) -> go.Figure:
    """Returns every pair as a point with its interval: apart from 0 and filled where the difference is real."""
    pairs = sorted(report.pairs, key=lambda pair: -abs(pair.difference.value or 0.0))[:MOST_PAIRS]
    figure = go.Figure()
    for name, real, mark, shade in (("real", True, "circle", 0), ("may be chance", False, "circle-open", 6)):
        own = [(place, pair) for place, pair in enumerate(pairs) if pair.is_real == real and pair.n]
        if own:
            figure.add_trace(_points(own, name, mark, colour(shade, dark=dark), report.confidence))
    figure.add_vline(0, line={"color": quiet(dark=dark), "dash": "dot", "width": 1})
    corrected = "" if report.correction == "none" else " after correction for the number of pairs"
    shown = share_text(len(pairs), len(report.pairs), "pairs")
    note = f"{shown}; bars: {report.confidence:.0%} interval; filled: real{corrected}"
    height = 190 + ROW_PX * len(pairs)
    styled(
        figure, title="Differences", x="difference in accuracy, second minus first", note=note, dark=dark, height=height
    )
    names = [f"{escaped(pair.first, 24)} → {escaped(pair.second, 24)}" for pair in pairs]
    figure.update_yaxes(tickvals=list(range(len(pairs))), ticktext=names, range=[len(pairs) - 0.5, -0.5])
    return figure


def _points(own: list[tuple[int, PairReport]], name: str, mark: str, shade: str, confidence: float) -> go.Scatter:
    measures = [pair.difference for _, pair in own]
    values = [found.value or 0.0 for found in measures]
    return go.Scatter(
        name=name,
        x=values,
        y=[place for place, _ in own],
        error_x={
            "array": [0.0 if f.high is None else f.high - v for f, v in zip(measures, values, strict=True)],
            "arrayminus": [0.0 if f.low is None else v - f.low for f, v in zip(measures, values, strict=True)],
            "thickness": 1.5,
            "width": 4,
        },
        mode="markers",
        marker={"symbol": mark, "size": 10, "color": shade},
        customdata=[[_hover(pair, confidence)] for _, pair in own],
        hovertemplate="%{customdata[0]}<extra></extra>",
    )


def _hover(pair: PairReport, confidence: float) -> str:
    needed = f"<br>{pair.rows_needed:,} examples would show it" if pair.rows_needed and not pair.is_real else ""
    p_value = "" if pair.p_corrected is None else f"<br>p = {pair.p_corrected:.3g}, {escaped(pair.test)}"
    return (
        f"<b>{escaped(pair.second)} minus {escaped(pair.first)}</b><br>{interval_text(pair.difference, confidence)}"
        f"<br>{pair.wins:,} better, {pair.losses:,} worse, {pair.ties:,} equal{p_value}{needed}"
    )

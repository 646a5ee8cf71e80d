"""How long answers take: for each pipeline the share of answers that came within a time."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.look import colour, dash, quiet, styled
from app.charts.text import escaped, share_text
from app.charts.thinning import ranks, spans_decades
from pipelines.experiment.results import ANSWERED, Floats, Ints, Results

MOST_STEPS: Final = 400
STEPS_OF_ALL: Final = 8_000
FEWEST_STEPS: Final = 40
WIDE: Final = 50.0


def latency_ecdf(results: Results, *, dark: bool = False) -> go.Figure:
    """Returns the empirical distribution of the latency; answers wholly from the cache are left out."""
    figure = go.Figure()
    most = min(MOST_STEPS, max(FEWEST_STEPS, STEPS_OF_ALL // max(1, len(results.contenders))))
    shown = whole = 0
    everything: list[Floats] = []
    for place, label in enumerate(results.contenders):
        seconds = _live(results, place)
        steps = ranks(len(seconds), most)
        shown, whole = shown + len(steps), whole + len(seconds)
        if len(seconds):
            everything.append(seconds)
            figure.add_trace(_curve(label, seconds, steps, place, dark=dark))
    for level in (0.5, 0.95):
        figure.add_hline(
            level,
            line={"color": quiet(dark=dark), "dash": "dot", "width": 1},
            annotation_text=f"{level:.0%}",
            annotation_position="top left",
        )
    styled(
        figure,
        title="Latency",
        x="seconds until the answer",
        y="share of answers within that time",
        note=share_text(shown, whole, "answers"),
        dark=dark,
    )
    figure.update_yaxes(range=[0, 1.03])
    joined = np.concatenate(everything) if everything else np.zeros(0)
    if spans_decades(joined, WIDE):
        figure.update_xaxes(type="log")
    return figure


def _live(results: Results, place: int) -> Floats:
    cached = (results.calls > 0) & (results.cached_calls >= results.calls)
    own = (results.contender == place) & (results.status == ANSWERED) & ~np.isnan(results.latency_s)
    live = own & ~cached
    return np.sort(results.latency_s[live if live.any() else own])


def _curve(label: str, seconds: Floats, steps: Ints, place: int, *, dark: bool) -> go.Scatter:
    middle, late = np.quantile(seconds, [0.5, 0.95])
    return go.Scatter(
        name=escaped(label, 40),
        x=seconds[steps],
        y=(steps + 1) / len(seconds),
        mode="lines" if len(steps) > 1 else "markers",
        line={"shape": "hv", "color": colour(place, dark=dark), "dash": dash(place), "width": 2},
        hovertemplate=f"<b>{escaped(label)}</b><br>%{{y:.1%}} within %{{x:.3g}} s<br>median {middle:.3g} s, "
        f"95 % within {late:.3g} s, n = {len(seconds):,}<extra></extra>",
    )

"""The heat map of accuracy by tag or difficulty, with n and interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from app.charts.look import ink, styled
from app.charts.text import escaped, interval_text
from pipelines.statistics.report import Slice

MOST_SLICES: Final = 40
ROW_PX: Final = 30
LIGHT_SCALE: Final = ((0.0, "#fff1e0"), (0.5, "#cfe1f2"), (1.0, "#4a98c9"))
DARK_SCALE: Final = ((0.0, "#33210f"), (0.5, "#1b3a57"), (1.0, "#2a6ea6"))
"""From warm to blue, so light or so dark that the numbers in the cells can be read on each."""


def slice_heat(
    slices: Sequence[Slice],
    contenders: Sequence[str],
    *,
    what: str = "tag",
    confidence: float = 0.95,
    dark: bool = False,
) -> go.Figure:
    """Returns a line for each slice and a column for each pipeline; a cell tells accuracy and n."""
    shown = list(slices)[:MOST_SLICES]
    cells = [[found.value for found in part.accuracy] for part in shown]
    columns = [escaped(label, 24) for label in contenders]
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            # Two pipelines may look alike after shortening; a category axis would put them together.
            x=list(range(len(columns))),
            y=[f"{escaped(part.name, 30)} ({part.n_examples:,})" for part in shown],
            zmin=0.0,
            zmax=1.0,
            colorscale=DARK_SCALE if dark else LIGHT_SCALE,
            colorbar={"title": {"text": "accuracy"}, "thickness": 12},
            text=[["" if f.value is None else f"{f.value:.2f}<br>n {f.n:,}" for f in part.accuracy] for part in shown]
            if len(columns) <= 12
            else None,
            textfont={"color": ink(dark=dark)},
            texttemplate="%{text}" if len(columns) <= 12 else None,
            customdata=[
                [_hover(part, label, place, confidence) for place, label in enumerate(contenders)] for part in shown
            ],
            hovertemplate="%{customdata}<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    note = f"showing {len(shown)} of {len(slices)} {what}s, the most frequent" if len(shown) < len(slices) else ""
    height = 190 + ROW_PX * len(shown) + (ROW_PX // 3) * len(shown)
    styled(figure, title=f"Accuracy by {what}", note=note or "n in each cell", dark=dark, height=height)
    figure.update_xaxes(tickvals=list(range(len(columns))), ticktext=columns, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _hover(part: Slice, label: str, place: int, confidence: float) -> str:
    measure = part.accuracy[place]
    text = interval_text(measure, confidence)
    return f"<b>{escaped(label)}</b> on {escaped(part.name)}<br>{text}<br>{escaped(measure.explanation, 120)}"

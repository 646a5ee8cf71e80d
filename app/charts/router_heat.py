"""The heat map of accuracy by task: models, routers and the oracle side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from app.charts.look import ink, styled
from app.charts.slice_heat import DARK_SCALE, LIGHT_SCALE, ROW_PX
from app.charts.text import escaped
from pipelines.outcome.table import Floats, Rows

MOST_TASKS: Final = 60
MOST_TOLD: Final = 14


def router_heat(tasks: Sequence[str], counts: Rows, means: Mapping[str, Floats], *, dark: bool = False) -> go.Figure:
    """Returns a line for each task, the most frequent first, and a column for each model, router and the oracle."""
    order = np.argsort(-counts, kind="stable")[:MOST_TASKS]
    values = np.stack([column[order] for column in means.values()], axis=1)
    columns, names = [escaped(name, 22) for name in means], [tasks[place] or "no task" for place in order]
    told = len(columns) <= MOST_TOLD
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(range(len(columns))),
            y=[f"{escaped(name, 30)} ({counts[place]:,})" for name, place in zip(names, order, strict=True)],
            zmin=0.0,
            zmax=1.0,
            colorscale=DARK_SCALE if dark else LIGHT_SCALE,
            colorbar={"title": {"text": "accuracy"}, "thickness": 12},
            showscale=not told,
            text=[[f"{value:.2f}" for value in line] for line in values] if told else None,
            texttemplate="%{text}" if told else None,
            textfont={"color": ink(dark=dark)},
            customdata=[
                [f"<b>{column}</b> on {escaped(name)}<br>n = {counts[place]:,}" for column in columns]
                for name, place in zip(names, order, strict=True)
            ],
            hovertemplate="%{customdata}<br>accuracy %{z:.3f}<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    note = (
        f"showing {len(order)} of {len(tasks)} tasks, the most frequent" if len(order) < len(tasks) else "n in brackets"
    )
    styled(figure, title="Accuracy by task", note=note, dark=dark, height=190 + ROW_PX * len(order))
    figure.update_xaxes(tickvals=list(range(len(columns))), ticktext=columns, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure

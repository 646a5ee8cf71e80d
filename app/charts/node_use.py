"""What each node costs and how long it takes, added up over the runs of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import plotly.graph_objects as go

from app.charts.look import PATTERNS, colour, ink, styled
from app.charts.text import escaped
from app.figure import cost_text, duration_text
from pipelines.chat import Seconds, Usd
from pipelines.record import Record

MOST_NODES: Final = 40
BAR_PX: Final = 26


class NodeUse(Record):
    """Is what one node of one pipeline did in all runs together.

    Attributes:
        runs: in how many runs it ran; `calls` how many calls it made in them.
        list_cost_usd: of all its calls, at list price.
        mean_latency_s, p95_latency_s: of the runs in which it ran.
    """

    contender: str
    node_id: str
    title: str = ""
    runs: int
    calls: int = 0
    list_cost_usd: Usd = 0.0
    mean_latency_s: Seconds = 0.0
    p95_latency_s: Seconds = 0.0


def node_cost(uses: Sequence[NodeUse], *, dark: bool = False) -> go.Figure:
    """Returns bars: the list cost of each node."""
    figure = _bars(uses, lambda use: use.list_cost_usd, dark=dark)
    return styled(
        figure,
        title="Cost of each node",
        x="USD at list price, all runs",
        note=_note(uses),
        dark=dark,
        height=_height(uses),
    )


def node_latency(uses: Sequence[NodeUse], *, dark: bool = False) -> go.Figure:
    """Returns bars: the mean latency of each node, with a line to its 95th percentile."""
    figure = _bars(uses, lambda use: use.mean_latency_s, above=lambda use: use.p95_latency_s, dark=dark)
    note = f"{_note(uses)}; line: up to the 95th percentile"
    return styled(
        figure, title="Time in each node", x="seconds, mean of its runs", note=note, dark=dark, height=_height(uses)
    )


def _bars(
    uses: Sequence[NodeUse],
    value: Callable[[NodeUse], float],
    *,
    above: Callable[[NodeUse], float] | None = None,
    dark: bool,
) -> go.Figure:
    figure = go.Figure()
    ranked = _shown(uses)
    rows = list(dict.fromkeys(_row(use) for use in ranked))
    for place, label in enumerate(dict.fromkeys(use.contender for use in uses)):
        own = [use for use in ranked if use.contender == label]
        late = [max(0.0, above(use) - value(use)) for use in own] if above else None
        figure.add_trace(
            go.Bar(
                name=escaped(label, 40),
                orientation="h",
                y=[_row(use) for use in own],
                x=[value(use) for use in own],
                error_x={"array": late, "arrayminus": [0.0] * len(own), "thickness": 1.2, "color": ink(dark=dark)}
                if late
                else None,
                marker={"color": colour(place, dark=dark), "pattern": {"shape": PATTERNS[place % len(PATTERNS)]}},
                customdata=[[_hover(use)] for use in own],
                hovertemplate="%{customdata[0]}<extra></extra>",
            )
        )
    figure.update_layout(barmode="group", bargap=0.3)
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=rows)
    return figure


def _shown(uses: Sequence[NodeUse]) -> list[NodeUse]:
    return sorted(uses, key=lambda use: (-use.list_cost_usd, -use.mean_latency_s))[:MOST_NODES]


def _row(use: NodeUse) -> str:
    return f"{escaped(use.title or use.node_id, 28)} <sub>{escaped(use.node_id, 28)}</sub>"


def _hover(use: NodeUse) -> str:
    return (
        f"<b>{escaped(use.title or use.node_id)}</b> in {escaped(use.contender)}<br>"
        f"{use.runs:,} runs, {use.calls:,} calls<br>{cost_text(use.list_cost_usd)} at list price<br>"
        f"mean {duration_text(use.mean_latency_s)}, 95 % within {duration_text(use.p95_latency_s)}"
    )


def _note(uses: Sequence[NodeUse]) -> str:
    return f"showing {MOST_NODES} of {len(uses)} nodes" if len(uses) > MOST_NODES else f"n = {len(uses)} nodes"


def _height(uses: Sequence[NodeUse]) -> int:
    return 190 + BAR_PX * min(len(uses), MOST_NODES)

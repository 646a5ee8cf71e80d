"""The waterfall of a run: for each node a bar from its start to its end."""

from __future__ import annotations

from collections import Counter
from typing import Final

import plotly.graph_objects as go

from app.charts.text import escaped
from app.figure import cost_text, duration_text
from pipelines.run import Run, Span

ROW_PX: Final = 34
MARGIN_PX: Final = 46
SHORTEST_SHARE: Final = 0.006
LONG_SHARE: Final = 0.3
LATE_SHARE: Final = 0.6
LOOKS: Final[dict[str, tuple[str, str, str]]] = {
    "done": ("✓ done", "#0f9d6b", "#34d399"),
    "reused": ("⚡ reused", "#0e7490", "#22d3ee"),
    "failed": ("✗ failed", "#dc2626", "#f87171"),
    "blocked": ("⊘ blocked", "#9f1239", "#fb7185"),
    "budget": ("$ over budget", "#b45309", "#fbbf24"),
    "cancelled": ("■ cancelled", "#6b7280", "#9ca3af"),
    "skipped": ("∅ skipped", "#94a3b8", "#64748b"),
    "running": ("… running", "#4f46e5", "#818cf8"),
    "queued": ("… queued", "#94a3b8", "#64748b"),
}
"""For each status the words of the legend, and the colour on a light and on a dark page."""


def waterfall(run: Run, *, dark: bool = False) -> go.Figure:
    """Returns the figure of a run: one row a node in the order of their starts, coloured and named by status."""
    spans = sorted(run.spans, key=lambda span: (span.start_s, span.start_s + span.latency_s))
    whole_s = max([run.latency_s, *(span.start_s + span.latency_s for span in spans), 0.001])
    rows = _row_names(spans)
    figure = go.Figure()
    for status, (words, light, night) in LOOKS.items():
        of_status = [span for span in spans if _status(span) == status]
        if of_status:
            figure.add_trace(_bars(of_status, rows, words, night if dark else light, whole_s))
    figure.update_layout(
        height=MARGIN_PX * 2 + ROW_PX * max(1, len(spans)),
        margin={"l": 8, "r": 16, "t": 8, "b": MARGIN_PX},
        barmode="overlay",
        bargap=0.35,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        xaxis={"title": "seconds after the start", "range": [0, whole_s * 1.12], "zeroline": False},
        yaxis={"autorange": "reversed", "categoryorder": "array", "categoryarray": list(rows.values()), "title": None},
        hoverlabel={"align": "left"},
    )
    return figure


def _bars(spans: list[Span], rows: dict[str, str], words: str, colour: str, whole_s: float) -> go.Bar:
    shortest_s = whole_s * SHORTEST_SHARE
    return go.Bar(
        name=words,
        orientation="h",
        y=[rows[span.node_id] for span in spans],
        base=[span.start_s for span in spans],
        x=[max(_length_s(span), shortest_s) for span in spans],
        marker={"color": colour, "line": {"width": 0}, "cornerradius": 3},
        text=[_label(span) for span in spans],
        # Beside a long bar that ends late a narrow figure has no place for words.
        textposition=["inside" if _is_long_and_late(span, whole_s) else "outside" for span in spans],
        cliponaxis=False,
        customdata=[[_hover(span)] for span in spans],
        hovertemplate="%{customdata[0]}<extra></extra>",
    )


def _status(span: Span) -> str:
    return "reused" if span.reused else span.status


def _length_s(span: Span) -> float:
    return 0.0 if span.status in ("skipped", "blocked") else span.latency_s


def _is_long_and_late(span: Span, whole_s: float) -> bool:
    length_s = _length_s(span)
    return length_s > LONG_SHARE * whole_s and span.start_s + length_s > LATE_SHARE * whole_s


def _label(span: Span) -> str:
    if span.status in ("skipped", "blocked"):
        return span.status
    cost = f" · {cost_text(span.totals.list_cost_usd, notional=span.totals.notional)}" if span.totals.calls else ""
    return f"{duration_text(_length_s(span))}{cost}"


def _row_names(spans: list[Span]) -> dict[str, str]:
    """Returns the title of each node by its id, with the id where it alone tells two of one title apart."""
    titles = {span.node_id: escaped(span.title or span.kind, 28) for span in spans}
    many = Counter(titles.values())
    return {
        node_id: f"{' ' * 2 * node_id.count('/')}{title}{f' · {escaped(node_id, 60)}' if many[title] > 1 else ''}"
        for node_id, title in titles.items()
    }


def _hover(span: Span) -> str:
    totals = span.totals
    words = LOOKS[_status(span)][0]
    lines = [f"<b>{escaped(span.title or span.kind, 60)}</b> · {words}"]
    lines.append(f"from {duration_text(span.start_s)} for {duration_text(_length_s(span))}")
    if totals.calls:
        cached = f", {totals.cached_calls} from the cache" if totals.cached_calls else ""
        lines.append(f"{totals.calls} calls{cached} · {totals.input_tokens:,} tokens in, {totals.output_tokens:,} out")
        paid, listed = cost_text(totals.cost_usd), cost_text(totals.list_cost_usd)
        lines.append(f"paid {paid} · list {listed}{' (notional)' if totals.notional else ''}")
    lines += [escaped(text, 160) for text in (span.reason, span.error) if text]
    return "<br>".join(lines)

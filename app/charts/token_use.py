"""How many tokens a question takes, in and out."""

from __future__ import annotations

import plotly.graph_objects as go

from app.charts.look import colour, styled
from app.charts.text import escaped, interval_text
from pipelines.statistics.report import ContenderReport, Report


def token_use(report: Report, *, dark: bool = False) -> go.Figure:
    """Returns a stacked bar for each pipeline: input and output tokens of a question, on average."""
    figure = go.Figure()
    used = [found for found in report.contenders if found.tokens_per_row.value is not None]
    places = list(range(len(used)))
    for at, (name, pattern) in enumerate((("input", ""), ("output", "/"))):
        figure.add_trace(
            go.Bar(
                name=name,
                x=places,
                y=[_part(found, name) for found in used],
                marker={"color": colour(at, dark=dark), "pattern": {"shape": pattern}},
                customdata=[[escaped(found.label), _hover(found, report.confidence)] for found in used],
                hovertemplate=f"<b>%{{customdata[0]}}</b><br>{name}: %{{y:,.0f}} tokens a question"
                "<br>%{customdata[1]}<extra></extra>",
            )
        )
    n = sum(found.tokens_per_row.n for found in used)
    styled(figure, title="Tokens", y="tokens a question, mean", note=f"n = {n:,} rows that ran", dark=dark)
    figure.update_layout(barmode="stack", bargap=0.45)
    figure.update_xaxes(tickvals=places, ticktext=[escaped(found.label, 24) for found in used])
    return figure


def _part(found: ContenderReport, name: str) -> float:
    whole = found.input_tokens + found.output_tokens
    share = (found.input_tokens if name == "input" else found.output_tokens) / whole if whole else 0.0
    return (found.tokens_per_row.value or 0.0) * share


def _hover(found: ContenderReport, confidence: float) -> str:
    return f"together {interval_text(found.tokens_per_row, confidence, 0)}"

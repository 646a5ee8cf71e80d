"""Shows the spans of a run as a waterfall in the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.cli.output import cell
from pipelines.run import NodeStatus, Run, Span, Totals

if TYPE_CHECKING:
    from rich.table import Table

BAR_CHARACTERS = 28
COLOURS: dict[NodeStatus, str] = {
    "done": "green",
    "running": "cyan",
    "skipped": "bright_black",
    "failed": "red",
    "blocked": "magenta",
    "budget": "yellow",
    "cancelled": "yellow",
    "queued": "bright_black",
}


def waterfall(run: Run) -> Table:
    """Returns a table with a row for each span in the order of their start, and when it ran as a bar."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("node", "status", "start", "took", "tokens", "cost", "when", "why"):
        table.add_column(title, justify="right" if title in ("start", "took", "tokens", "cost") else "left")
    end_s = max((span.start_s + span.latency_s for span in run.spans), default=0.0)
    for span in sorted(run.spans, key=lambda span: span.start_s):
        colour = COLOURS[span.status]
        table.add_row(
            cell(span.node_id),
            Text("reused" if span.reused else span.status, style=colour),
            duration(span.start_s),
            duration(span.latency_s),
            str(span.totals.input_tokens + span.totals.output_tokens) if span.totals.calls else "",
            cost(span.totals) if span.totals.calls else "",
            Text(_bar(span, end_s), style=colour),
            cell(_why(span)),
        )
    return table


def duration(seconds: float) -> str:
    """Returns a duration as a person reads it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1.0 else f"{seconds:.2f} s"


def cost(totals: Totals) -> str:
    """Returns what was paid, and the list price where it is another; `≈` marks a price that nobody charges."""
    sign = "≈$" if totals.notional else "$"
    paid, listed = money(totals.cost_usd), money(totals.list_cost_usd)
    return f"{sign}{paid}" if paid == listed else f"{sign}{paid} (list {sign}{listed})"


def money(usd: float) -> str:
    """Returns an amount with at least two digits that are not zero, never in powers of ten."""
    if usd == 0.0:
        return "0"
    digits = 2 if usd >= 1.0 else 1 - math.floor(math.log10(usd))
    return f"{usd:.{digits}f}"


def _bar(span: Span, end_s: float) -> str:
    if end_s <= 0.0 or span.status in ("skipped", "blocked"):
        return ""
    begin = min(BAR_CHARACTERS - 1, int(span.start_s / end_s * BAR_CHARACTERS))
    length = max(1, round(span.latency_s / end_s * BAR_CHARACTERS))
    return " " * begin + "█" * min(length, BAR_CHARACTERS - begin)


def _why(span: Span) -> str:
    if span.error:
        return span.error
    decision = span.fired.decision if span.fired else None
    scores = ", ".join(f"{name} {score:.2f}" for name, score in decision.scores.items()) if decision else ""
    return f"{span.reason} [{scores}]" if scores and span.reason else span.reason or scores

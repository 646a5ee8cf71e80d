"""Writes numbers for people: money, time, tokens, age."""

from __future__ import annotations

from datetime import datetime

from pipelines.record import now
from pipelines.run import Totals


def cost_text(cost_usd: float, *, notional: bool = False) -> str:
    """Returns an amount with the digits that matter; one that nobody is charged begins with ≈."""
    mark = "≈" if notional else ""
    if cost_usd == 0:
        return f"{mark}$0"
    if cost_usd < 0.000_001:
        return f"{mark}<$0.000001"
    digits = 2 if cost_usd >= 1 else 4 if cost_usd >= 0.01 else 6
    text = f"{cost_usd:.{digits}f}"
    return f"{mark}${text.rstrip('0').rstrip('.') if digits > 2 else text}"


def totals_text(totals: Totals) -> str:
    """Returns what was paid and what it costs at list price, with the mark of made-up prices."""
    listed = f"list {cost_text(totals.list_cost_usd)}{' (notional)' if totals.notional else ''}"
    paid = "paid $0" if totals.notional else f"paid {cost_text(totals.cost_usd)}"
    return f"{paid} · {listed}"


def duration_text(seconds: float) -> str:
    """Returns a duration as ms, s or min."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min"


def tokens_text(totals: Totals) -> str:
    """Returns the tokens in and out."""
    return f"{totals.input_tokens:,} in · {totals.output_tokens:,} out"


def age_text(moment: datetime, present: datetime | None = None) -> str:
    """Returns how long ago something was."""
    seconds = ((present or now()) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"

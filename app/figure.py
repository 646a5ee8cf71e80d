"""Writes numbers for people: money, time, tokens, age."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final, Literal

from pipelines.record import now
from pipelines.run import Totals

SMALLEST_USD: Final = 1e-8
BadgeColour = Literal["red", "orange", "blue", "green", "violet", "gray"]
"""The colours that a status is marked with, always beside its word."""


def cost_text(cost_usd: float, *, notional: bool = False) -> str:
    """Returns an amount in cents, or with two digits where it is less; ≈ marks one that nobody is charged."""
    mark = "≈" if notional else ""
    if cost_usd == 0:
        return f"{mark}$0"
    if cost_usd < SMALLEST_USD:
        return f"{mark}<${SMALLEST_USD:.8f}"
    digits = 2 if cost_usd >= 1 else 1 - math.floor(math.log10(cost_usd))
    text = f"{cost_usd:.{digits}f}"
    whole, _, part = text.rstrip("0").partition(".")
    return f"{mark}${whole}.{part.ljust(2, '0')}"


def count_text(count: int, noun: str) -> str:
    """Returns a number of things, such as `1 row` or `1,200 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def totals_text(totals: Totals) -> str:
    """Returns what was paid and what it costs at list price, with the mark of made-up prices."""
    paid = cost_text(totals.cost_usd, notional=totals.notional and totals.cost_usd > 0)
    listed = cost_text(totals.list_cost_usd, notional=totals.notional)
    return f"paid {paid} · list {listed}{' (notional)' if totals.notional else ''}"


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

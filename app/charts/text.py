"""Texts that Plotly shows: it reads a little HTML, so what a stranger wrote is escaped."""

from __future__ import annotations

from pipelines.statistics.measure import Measure


def escaped(text: str, limit: int = 60) -> str:
    """Returns a text on one line, no longer than the limit, that Plotly shows as it is."""
    line = " ".join(text.split())
    line = line if len(line) <= limit else f"{line[: limit - 1]}…"
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def interval_text(measure: Measure, confidence: float, digits: int = 3) -> str:
    """Returns a number with its interval and n, such as `0.812 (95 %: 0.741 to 0.868), n = 120`."""
    if measure.value is None:
        return f"unknown, n = {measure.n:,}"
    bounds = " to ".join("?" if bound is None else f"{bound:.{digits}f}" for bound in (measure.low, measure.high))
    return f"{measure.value:.{digits}f} ({confidence:.0%}: {bounds}), n = {measure.n:,}"


def share_text(shown: int, whole: int, what: str) -> str:
    """Returns the note of a chart, which says when not everything is drawn."""
    return f"showing {shown:,} of {whole:,} {what}" if shown < whole else f"n = {whole:,} {what}"

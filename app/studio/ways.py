"""Says under an answer how each node chose that had a choice."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from pipelines.run import Fired, Run

LINES = 8
LENGTH = 400


def draw_ways(run: Run) -> None:
    """Draws a line for each decision of a run; nothing where nothing was to be decided."""
    told = [
        f"**{plain(span.title or span.kind.replace('_', ' '))}**{way}"
        for span in run.spans
        if span.fired is not None and (way := _way(span.fired))
    ]
    if not told:
        return
    with st.container(key="ways", gap=None):
        for line in told[:LINES]:
            st.caption(line)
        if len(told) > LINES:
            st.caption(f"{len(told) - LINES} more are in the inspector of each node.")


def _way(fired: Fired) -> str:
    """Returns the branches that were taken and the reason, or nothing where there is none."""
    if fired.decision is None or not fired.decision.reason:
        return ""
    taken = ", ".join(port for port in fired.ports if port in fired.decision.scores)
    return f"{' → ' if taken else ''}{plain(taken)}: {plain(fired.decision.reason, LENGTH)}"

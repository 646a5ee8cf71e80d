"""How an experiment is, as a word with its mark."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.figure import BadgeColour
from pipelines.experiment.experiment import ExperimentStatus

STATUS: Final[dict[ExperimentStatus, tuple[str, str, BadgeColour]]] = {
    "new": ("not started", ":material/schedule:", "gray"),
    "running": ("running", ":material/progress_activity:", "blue"),
    "paused": ("paused", ":material/pause_circle:", "orange"),
    "done": ("done", ":material/check_circle:", "green"),
    "cancelled": ("cancelled", ":material/stop_circle:", "gray"),
    "budget": ("stopped by the budget", ":material/account_balance_wallet:", "orange"),
    "failed": ("failed", ":material/error:", "red"),
}


def draw_status(status: ExperimentStatus, *, interrupted: bool = False) -> None:
    """Draws the badge."""
    if interrupted:
        st.badge("interrupted", icon=":material/power_off:", color="orange")
        return
    word, icon, colour = STATUS[status]
    st.badge(word, icon=icon, color=colour)

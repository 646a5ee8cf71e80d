"""The dialog that lays the difference of any two versions, or of any two runs, over the canvas."""

from __future__ import annotations

import streamlit as st

from app.figure import age_text, duration_text
from app.state import workspace
from app.studio.comparing import RUNS_LISTED, compare_runs_of, compare_versions
from app.studio.open_workflow import OpenWorkflow

AS_IT_STANDS = ""


@st.dialog("Compare")
def draw_compare(opened: OpenWorkflow) -> None:
    """Draws the dialog."""
    st.caption("The canvas shows B, with everything that was added, removed, changed, faster or dearer since A.")
    what = st.segmented_control(
        "Compare", ["Versions", "Runs"], default="Versions", key="compare:what", label_visibility="collapsed"
    )
    if what == "Runs":
        _draw_runs(opened)
    else:
        _draw_versions(opened)


def _draw_versions(opened: OpenWorkflow) -> None:
    known = {
        str(version.number): f"Version {version.number} · {version.message or age_text(version.created_at)}"
        for version in workspace().storage.workflows.versions(opened.slug)
    }
    now = {AS_IT_STANDS: "The pipeline as it stands now"}
    pair = _pair(known, now | known)
    if pair is not None:
        compare_versions(opened, int(pair[0]), int(pair[1]) if pair[1] else None)
        st.rerun()


def _draw_runs(opened: OpenWorkflow) -> None:
    infos = workspace().storage.runs.runs(opened.slug, limit=RUNS_LISTED)
    known = {
        info.id: f"{age_text(info.started_at)} · {duration_text(info.latency_s)} · {info.question[:60]}"
        for info in infos
        if info.status != "running"
    }
    if len(known) < 2:
        st.info("There are not two finished runs yet. Ask two questions, then compare.", icon=":material/info:")
        return
    older = dict(list(known.items())[1:]) | known
    pair = _pair(older, known)
    if pair is not None:
        compare_runs_of(opened, *pair)
        st.rerun()


def _pair(older: dict[str, str], newer: dict[str, str]) -> tuple[str, str] | None:
    """Draws the two choices, and returns them once they are made and are not the same."""
    a = st.selectbox("A, the older side", list(older), format_func=lambda name: older[name], key="compare:a")
    b = st.selectbox("B, which the canvas shows", list(newer), format_func=lambda name: newer[name], key="compare:b")
    if a == b:
        st.caption("Choose two that are not the same.")
    pressed = st.button("Compare", type="primary", key="compare:now", disabled=a == b, icon=":material/compare_arrows:")
    return (a, b) if pressed else None

"""A filling on the page: how far it is, how to stop it, and what came of it."""

from __future__ import annotations

from collections import Counter
from typing import Final

import streamlit as st

from app.figure import cost_text, duration_text
from app.outcome.fill_job import FillJob
from app.plain import plain
from app.routing.table_shelf import TableEntry
from app.workspace import Workspace

POLL_S: Final = 1.0
REASONS_TOLD: Final = 4


def draw_filling(space: Workspace, entry: TableEntry) -> None:
    """Draws the last filling of a table, if there is one; while it goes on it is drawn anew every second."""
    job = space.fillings.of(entry.card.name)
    if job is None:
        return
    if job.status == "running":
        st.fragment(_draw_under_way, run_every=POLL_S)(space, job)
    else:
        _draw_end(space, job)


def _draw_under_way(space: Workspace, job: FillJob) -> None:
    if job.status != "running":
        st.rerun()
    with st.container(border=True, key="r-filling"):
        paid = cost_text(job.purse.spent_usd)
        limit = "" if job.order.budget_usd is None else f" of {cost_text(job.order.budget_usd)}"
        left = "" if job.left_s is None else f" · about {duration_text(job.left_s)} left"
        told = f"Filling: {job.asked:,} of {job.total:,} cells asked · paid {paid}{limit}{left}"
        st.progress(min(1.0, job.asked / max(1, job.total)), text=told.replace("$", "\\$"))
        wanted = job.stop.is_set()
        if st.button(
            "Stop", icon=":material/stop:", key="fill:stop", disabled=wanted,
            help="Calls in flight are waited for; what was bought is kept",
        ):  # fmt: skip
            space.fillings.stop(job.order.name)
            st.rerun(scope="fragment")


def _draw_end(space: Workspace, job: FillJob) -> None:
    kept = f"; the table is version {job.version} now" if job.version is not None else ""
    how = {"stopped": "Stopped: filled", "failed": "Filled only"}.get(job.status, "Filled")
    told = f"{how} {job.filled:,} of {job.total:,} cells for {cost_text(job.purse.spent_usd)}{kept}."
    with st.container(border=True, key="r-filling"):
        whole = job.status == "done" and job.filled == job.total
        (st.success if whole else st.warning)(
            plain(f"{told} {job.error}"), icon=":material/check:" if whole else ":material/rule:"
        )
        _draw_reasons(job)
        if st.button("Close", icon=":material/close:", key="fill:close", type="tertiary"):
            space.fillings.forget(job.order.name)
            st.rerun()


def _draw_reasons(job: FillJob) -> None:
    reasons = Counter((model, why) for _, model, why in job.failed)
    for (model, why), times in reasons.most_common(REASONS_TOLD):
        st.markdown(f"**{times:,} ×** {plain(model, 60)}: {plain(why, 400)}")
    if len(reasons) > REASONS_TOLD:
        st.caption(f"{len(reasons) - REASONS_TOLD:,} more reasons.")
    if reasons:
        st.caption(
            "These cells stay missing. Filling again asks only for them; what was answered comes from the cache."
        )

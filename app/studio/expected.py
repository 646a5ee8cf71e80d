"""Says what a run of the open pipeline is expected to cost and take, before there is one."""

from __future__ import annotations

import streamlit as st

from app.figure import cost_text, duration_text
from app.plain import plain
from pipelines.estimate.record import ContenderEstimate

HELP = "Nine runs of ten should lie between these numbers. They come from past runs where there are any."


def draw_expected(found: ContenderEstimate) -> None:
    """Draws the estimate of a run, what its routers save and what is not known; nothing for an empty canvas."""
    if not any(node.active and node.token_source for node in found.nodes):
        return
    st.caption(f"**Estimated for a run:** {plain(_figures(found))}", help=HELP)
    for sentence in (*(router.sentence for router in found.routers), *found.notes):
        st.caption(plain(sentence))


def _figures(found: ContenderEstimate) -> str:
    time, cost = found.row_latency_s, found.row_cost_usd
    told = [f"{duration_text(time.p05)} to {duration_text(time.p95)}"]
    if cost is not None:
        low, high = (cost_text(value, notional=found.notional) for value in (cost.p05, cost.p95))
        told.insert(0, f"{low} to {high}")
    return ", ".join(told)

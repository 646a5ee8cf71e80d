"""The panel under the canvas: the answer as it is written, the cost, the waterfall, the runs of the past."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.charts.waterfall import waterfall
from app.figure import BadgeColour, age_text, cost_text, duration_text, tokens_text, totals_text
from app.plain import plain
from app.state import session, show_run, workspace
from app.studio.comparing import compare_with_run
from app.studio.expected import draw_expected
from app.studio.look import leave_look
from app.studio.open_workflow import OpenWorkflow
from app.studio.running import estimated, is_interrupted, live_run, paid_calls, present_run, resume
from app.studio.ways import draw_ways
from pipelines.run import Run, RunStatus

STATUS: Final[dict[RunStatus, tuple[str, BadgeColour]]] = {
    "running": (":material/progress_activity: running", "blue"),
    "done": (":material/check_circle: done", "green"),
    "failed": (":material/error: failed", "red"),
    "budget": (":material/account_balance_wallet: stopped by the budget", "orange"),
    "cancelled": (":material/stop_circle: stopped", "gray"),
    "no_answer": (":material/help: no answer", "orange"),
}
CHART = {"displayModeBar": False}


def draw_result(opened: OpenWorkflow) -> None:
    """Draws the panel for the shown run."""
    run = present_run(opened)
    answer, trace, past = st.tabs(["Answer", "Trace", "Past runs"], key="result:tabs")
    with answer:
        _draw_answer(opened, run)
    with trace:
        _draw_trace(run)
    with past:
        _draw_past(opened, run)


def _draw_answer(opened: OpenWorkflow, run: Run | None) -> None:
    if run is None:
        st.caption("No run yet. Type a question above and press Run: the answer is written here, word by word.")
        draw_expected(estimated(opened))
        return
    if is_interrupted(opened, run):
        _draw_interrupted(run)
        return
    _draw_facts(run)
    live = live_run(opened)
    if live is not None and not live.finished:
        writer, text = live.latest_text()
        spec = opened.node(writer)
        st.caption(f"{plain(spec.title or spec.kind)} writes" if spec else "Waiting for the first word …")
        _draw_text(text)
        return
    if run.answer is not None:
        # Where the writer was named until now: the text stays in its place.
        told = [f"by {plain(run.answer.model)}"] if run.answer.model else ["the answer"]
        told += [f"confidence {run.answer.confidence:.2f}"] if run.answer.confidence is not None else []
        st.caption(" · ".join(told))
        _draw_text(run.answer.text)
    draw_ways(run)
    if run.settings.to_node and run.answer is None and run.status == "done":
        _draw_reached(opened, run, run.settings.to_node)
    if run.error:
        st.error(plain(run.error), icon=":material/error:")
    elif run.status == "no_answer":
        st.info("The run ended and no answer came out: every branch stayed silent. The trace says why.")
    elif run.status == "cancelled":
        st.info("The run was stopped. What had finished is kept; run from a node to go on.")


def _draw_reached(opened: OpenWorkflow, run: Run, node_id: str) -> None:
    """Shows what the last node of a run gave that was not meant to reach the answer."""
    spec = opened.node(node_id)
    st.caption(f"The run went to {plain(spec.title or spec.id) if spec else plain(node_id)} and no further; it gave:")
    fired = next((span.fired for span in run.spans if span.node_id == node_id), None)
    _draw_text("\n\n".join(value.as_text() for value in fired.ports.values()) if fired else "")


def _draw_facts(run: Run) -> None:
    label, colour = STATUS[run.status]
    totals = run.totals
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(label, color=colour)
        st.badge(duration_text(run.latency_s), icon=":material/timer:", color="gray")
        st.badge(plain(totals_text(totals)), icon=":material/payments:", color="gray")
        st.badge(plain(tokens_text(totals)), icon=":material/data_object:", color="gray", help="Tokens")
        if totals.cached_calls:
            st.badge(f"{totals.cached_calls} of {totals.calls} calls cached", icon=":material/bolt:", color="blue")


def _draw_interrupted(run: Run) -> None:
    paid = paid_calls(run)
    bought = f"{paid} call{'s' if paid != 1 else ''} already paid {'is' if paid == 1 else 'are'} not bought again."
    st.warning(
        f"The run of “{plain(run.query.text, 80)}” was interrupted before its end. {bought if paid else ''}",
        icon=":material/power_off:",
    )
    st.caption("If another process is running it at this moment, resuming is refused and nothing happens.")
    if st.button("Resume", icon=":material/resume:", type="primary", key="result:resume"):
        resume(run)
        st.rerun()


def _draw_trace(run: Run | None) -> None:
    if run is None or not run.spans:
        st.caption("The waterfall of a run appears here: when each node began, how long it took, what it cost.")
        return
    dark = st.context.theme.type == "dark"
    st.plotly_chart(waterfall(run, dark=dark), key=f"trace:{run.id}", config=CHART, theme="streamlit")


def _draw_past(opened: OpenWorkflow, shown: Run | None) -> None:
    runs = workspace().storage.runs.runs(opened.slug, limit=20)
    if not runs:
        st.caption("Runs of this workflow are listed here. Click one to see it on the canvas again.")
        return
    if len(runs) > 1 and st.button("Compare two …", icon=":material/compare_arrows:", key="past:pair"):
        session().comparing = True
        st.rerun()
    for info in runs:
        label, colour = STATUS[info.status]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(label, color=colour)
            st.markdown(plain(info.question, 70), width=420)
            cost = cost_text(info.list_cost_usd, notional=info.notional)
            version = f"version {info.version}" if info.version else "unsaved"
            st.caption(f"{age_text(info.started_at)} · {duration_text(info.latency_s)} · {plain(cost)} · {version}")
            st.space("stretch")
            seen = shown is not None and shown.id == info.id
            if not seen and st.button("Compare", key=f"past:{info.id}:compare", type="tertiary"):
                compare_with_run(opened, info.id)
                st.rerun()
            if st.button("Shown" if seen else "Show", key=f"past:{info.id}", type="tertiary", disabled=seen):
                leave_look(opened)
                show_run(info.id)
                session().run_form.question = info.question
                st.rerun()


def _draw_text(text: str) -> None:
    """Shows a text of a model exactly as it is, without reading Markdown or HTML in it."""
    with st.container(key="answer"):
        st.code(text if text.strip() else " ", language=None, wrap_lines=True)

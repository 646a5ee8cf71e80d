"""What one node did in a run: its exact inputs, its calls, what it fired."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.figure import BadgeColour, duration_text, tokens_text, totals_text
from app.plain import plain
from app.state import workspace
from pipelines.chat import Call
from pipelines.document import NodeSpec
from pipelines.run import Decision, NodeStatus, Run, Span

SHOWN_CHARACTERS = 20_000
LONG_LINES = 9
MARKS: Final[dict[NodeStatus, tuple[str, BadgeColour]]] = {
    "done": (":material/check_circle:", "green"),
    "skipped": (":material/block:", "gray"),
    "failed": (":material/error:", "red"),
    "blocked": (":material/do_not_disturb_on:", "red"),
    "budget": (":material/account_balance_wallet:", "orange"),
    "cancelled": (":material/stop_circle:", "gray"),
    "running": (":material/progress_activity:", "blue"),
    "queued": (":material/schedule:", "gray"),
}


def draw_last_run(run: Run | None, spec: NodeSpec) -> None:
    """Draws the part of a node in a run, with the texts of models as they are."""
    if run is None:
        st.caption("This pipeline has not run yet. Type a question and press Run.")
        return
    span = next((span for span in run.spans if span.node_id == spec.id), None)
    if span is None:
        st.caption("This node has not ended in the shown run.")
        return
    _draw_facts(span)
    if span.error:
        st.error(plain(span.error), icon=":material/error:")
    if span.fired and span.fired.decision:
        _draw_decision(span.fired.decision)
    _draw_inputs(run, span)
    if span.fired:
        st.markdown("**Output**")
        for port, value in span.fired.ports.items():
            draw_value(port, value.as_text())
    if span.totals.calls:
        _draw_calls([call for call in workspace().storage.runs.calls(run.id) if call.node_id == spec.id])


def _draw_facts(span: Span) -> None:
    icon, colour = MARKS[span.status]
    with st.container(horizontal=True, gap="small"):
        st.badge(span.status, icon=icon, color=colour)
        if span.reused:
            st.badge("reused", icon=":material/cached:", color="blue")
        if span.pinned:
            st.badge("pinned", icon=":material/keep:", color="violet")
        if span.totals.cached_calls:
            st.badge(f"{span.totals.cached_calls} of {span.totals.calls} cached", icon=":material/bolt:", color="blue")
    if span.reason:
        st.caption(plain(span.reason))
    facts = [duration_text(span.latency_s)]
    if span.totals.calls:
        calls = f"{span.totals.calls} call{'s' if span.totals.calls > 1 else ''}"
        facts += [calls, f"{tokens_text(span.totals)} tokens", totals_text(span.totals)]
    st.caption(plain(" · ".join(facts)))


def _draw_decision(decision: Decision) -> None:
    if not decision.scores:
        return
    st.markdown("**Scores**")
    best = max(max(decision.scores.values()), 1.0)
    for name, score in decision.scores.items():
        st.progress(min(1.0, max(0.0, score / best)), text=f"{plain(name)} · {score:.3f}")
    if decision.threshold is not None:
        st.caption(f"Threshold {decision.threshold:g}")


def _draw_inputs(run: Run, span: Span) -> None:
    fired = {other.node_id: other.fired for other in run.spans if other.fired}
    sources = [(port, source) for port, names in span.inputs.items() for source in names]
    if not sources:
        return
    st.markdown("**Input**")
    for port, source in sources:
        node_id, _, name = source.rpartition(".")
        outputs = fired.get(node_id)
        value = outputs.ports.get(name) if outputs else None
        if value is not None:
            draw_value(f"{port} ← {source}", value.as_text())


def _draw_calls(calls: list[Call]) -> None:
    if not calls:
        return
    st.markdown("**Calls**")
    for number, call in enumerate(calls, start=1):
        state = call.error_kind or {"live": "live", "cache": "from the cache", "journal": "paid before"}[call.source]
        with st.expander(f"{number} · {plain(call.model)} · {duration_text(call.latency_s)} · {plain(state)}"):
            for message in call.request.messages:
                draw_value(message.role, message.content)
            if call.reply is not None:
                draw_value("reply", call.reply.text)
            if call.error:
                st.error(plain(call.error))


def draw_value(title: str, text: str) -> None:
    """Shows a text of a model exactly as it is, without reading Markdown or HTML in it."""
    st.caption(plain(title))
    cut = text[:SHOWN_CHARACTERS]
    long = cut.count("\n") + len(cut) // 44 > LONG_LINES
    st.code(cut if cut.strip() else "(empty)", language=None, wrap_lines=True, height=220 if long else "content")
    if len(text) > SHOWN_CHARACTERS:
        st.caption(f"{len(text) - SHOWN_CHARACTERS:,} more characters are not shown.")

"""The drawer of an edge: the value that crossed it in the shown run."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from app.redraw import redraw
from app.studio.open_workflow import OpenWorkflow
from app.studio.past import draw_value
from app.studio.running import present_run
from pipelines.document import Edge
from pipelines.run import Run


def draw_crossing(opened: OpenWorkflow, edge: Edge) -> None:
    """Draws the drawer."""
    with st.container(key="inspector_head", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_title(opened, edge.source)} → {_title(opened, edge.target)}**", width="stretch")
        if st.button("", icon=":material/close:", key="crossing:close", type="tertiary", help="Close"):
            opened.crossed = None
            redraw()
    st.caption(f"`{edge.source}.{edge.source_port}` → `{edge.target}.{edge.target_port}`")
    _draw_value(present_run(opened), edge)


def _draw_value(run: Run | None, edge: Edge) -> None:
    if run is None:
        st.caption("This pipeline has not run yet. Type a question and press Run to see what crosses this wire.")
        return
    span = next((span for span in run.spans if span.node_id == edge.source), None)
    if span is None:
        st.caption("Nothing has crossed this wire in the shown run.")
        return
    value = span.fired.ports.get(edge.source_port) if span.fired else None
    if value is None:
        reason = span.error or span.reason
        st.info(f"Nothing crossed this wire: {plain(reason) if reason else 'its source took another branch'}.")
        return
    draw_value(f"{value.title} · {len(value.as_text()):,} characters", value.as_text())


def _title(opened: OpenWorkflow, node_id: str) -> str:
    spec = opened.node(node_id)
    return plain(spec.title or spec.id) if spec else plain(node_id)

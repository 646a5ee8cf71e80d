"""The drawer of a node that cannot be changed: how it is configured, what it did, and its help."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from app.redraw import redraw
from app.studio.inspector import draw_help
from app.studio.look import Look
from app.studio.open_workflow import OpenWorkflow
from app.studio.past import draw_last_run, draw_value
from pipelines.document import NodeSpec
from pipelines.nodes import node_kinds


def draw_reading(opened: OpenWorkflow, look: Look, spec: NodeSpec) -> None:
    """Draws the drawer."""
    cls = node_kinds().get(spec.kind)
    with st.container(key="inspector_head", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(spec.title or (cls.title if cls else spec.kind))}** · `{spec.id}`", width="stretch")
        if st.button("", icon=":material/close:", key="reading:close", type="tertiary", help="Close"):
            opened.selected = ()
            redraw()
    config, last, about = st.tabs(["Config", "Last run", "Help"], key="reading:tabs")
    with config:
        if not spec.config:
            st.caption("Everything is as the kind has it by itself.")
        for name, value in spec.config.items():
            draw_value(name.replace("_", " ").capitalize(), value if isinstance(value, str) else _lines(value))
    with last:
        draw_last_run(look.run, spec)
    with about:
        draw_help(cls)


def _lines(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return str(value)

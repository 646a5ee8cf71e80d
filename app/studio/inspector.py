"""The drawer of the selected node: its form, what it did in the shown run, and its help."""

from __future__ import annotations

import streamlit as st

from app.face import docstring
from app.form.form import draw_form
from app.plain import plain
from app.redraw import redraw
from app.state import FormState, choices, session
from app.studio.behaviour import draw_behaviour
from app.studio.open_workflow import OpenWorkflow
from app.studio.past import draw_last_run
from app.studio.running import present_run
from pipelines.document import NodeSpec
from pipelines.node import Node
from pipelines.nodes import node_kinds


def draw_inspector(opened: OpenWorkflow, spec: NodeSpec) -> None:
    """Draws the drawer; what is filled in reaches the canvas as a step that can be undone."""
    cls = node_kinds().get(spec.kind)
    with st.container(key="inspector_head", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(cls.title if cls else spec.kind)}** · `{spec.id}`", width="stretch")
        if st.button("", icon=":material/close:", key="inspector:close", type="tertiary", help="Close"):
            opened.inspected = None
            redraw()
    config, last, about = st.tabs(["Config", "Last run", "Help"], key="inspector:tabs")
    with config:
        if cls is None:
            st.error(f"There is no node kind '{plain(spec.kind)}' in this version. Delete the node or replace it.")
        else:
            _draw_config(opened, spec, cls)
    with last:
        draw_last_run(present_run(opened), spec)
    with about:
        draw_help(cls)


def _draw_config(opened: OpenWorkflow, spec: NodeSpec, cls: type[Node]) -> None:
    form = session().forms.setdefault(spec.id, FormState(shown=_essence(spec)))
    if form.shown != _essence(spec):
        # Somebody else changed it: the canvas by undo, or the person by pasting. The widgets start anew.
        form.generation, form.held = form.generation + 1, None
    key = f"node:{spec.id}:{form.generation}"
    title = st.text_input("Title", value=spec.title or cls.title, key=f"{key}:title", max_chars=200)
    if title != (spec.title or cls.title):
        opened.patch(spec.id, title=title)
    filled = draw_form(cls, form.held or spec.config, key=key, choices=choices())
    if filled.errors:
        st.warning("What is marked is not applied yet; everything else is.", icon=":material/edit_note:")
    form.held = filled.values if filled.errors else None
    opened.patch(spec.id, config={**spec.config, **filled.good})
    draw_behaviour(opened, spec, cls, key)
    form.shown = _essence(opened.node(spec.id) or spec)
    if filled.reshaped:
        form.generation += 1
        redraw()


def _essence(spec: NodeSpec) -> NodeSpec:
    return spec.model_copy(update={"position": None})


def draw_help(cls: type[Node] | None) -> None:
    """Draws what a kind of node says of itself: its purpose, source and ports."""
    if cls is None:
        return
    text, source = docstring(cls)
    st.markdown(text)
    if source:
        st.caption(f"Source: {source}")
    node = cls()
    for title, ports in (("Inputs", node.input_ports()), ("Outputs", node.output_ports())):
        if ports:
            st.markdown(f"**{title}**")
        for port in ports:
            many = ", several" if port.many else ""
            need = "" if port.required or title == "Outputs" else ", optional"
            st.markdown(f"`{port.name}` · {port.type}{many}{need}{f' · {port.help}' if port.help else ''}")

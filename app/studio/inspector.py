"""The drawer of the selected node: its form, what it did in the shown run, and its help."""

from __future__ import annotations

import streamlit as st

from app.face import docstring
from app.form.form import draw_form
from app.plain import plain
from app.redraw import redraw
from app.state import FormState, choices, session
from app.studio.open_workflow import OpenWorkflow
from app.studio.past import draw_last_run
from app.studio.running import last_fired, present_run
from pipelines.document import JoinRule, NodeSpec
from pipelines.node import Node
from pipelines.nodes import node_kinds

JOINS = {
    "": "As the kind says",
    "all_taken": "All branches that are taken",
    "any": "The first arrival, others finish unseen",
    "first": "The first arrival, others are stopped",
    "k_of_n": "The first k arrivals",
}


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
        _draw_help(cls)


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
    _draw_behaviour(opened, spec, cls, key)
    form.shown = _essence(opened.node(spec.id) or spec)
    if filled.reshaped:
        form.generation += 1
        redraw()


def _essence(spec: NodeSpec) -> NodeSpec:
    return spec.model_copy(update={"position": None})


def _draw_behaviour(opened: OpenWorkflow, spec: NodeSpec, cls: type[Node], key: str) -> None:
    with st.expander("Behaviour", icon=":material/alt_route:", key=f"{key}:behaviour"):
        disabled = st.toggle("Disabled: the node stays silent", value=spec.disabled, key=f"{key}:disabled")
        silent = st.toggle(
            "A failure only silences this branch",
            value=spec.on_error == "silent",
            key=f"{key}:on_error",
            help="Off: whatever needs this node is blocked when it fails.",
        )
        opened.patch(spec.id, disabled=disabled, on_error="silent" if silent else "fail")
        node = cls()
        if any(port.many for port in node.input_ports()):
            opened.patch(spec.id, join=_join(spec, key))
        _draw_pin(opened, spec, key)


def _join(spec: NodeSpec, key: str) -> JoinRule | None:
    rule = st.selectbox(
        "Waits for",
        list(JOINS),
        list(JOINS).index(spec.join.rule if spec.join else ""),
        lambda name: JOINS[name],
        key=f"{key}:join",
    )
    if rule == "":
        return None
    if rule != "k_of_n":
        return JoinRule.model_validate({"rule": rule})
    k = st.number_input("k", 1, 100, (spec.join.k if spec.join else None) or 2, key=f"{key}:k")
    return JoinRule(rule="k_of_n", k=int(k))


def _draw_pin(opened: OpenWorkflow, spec: NodeSpec, key: str) -> None:
    """Offers to keep what the node fired last, so that it is not asked again."""
    if spec.pinned is not None:
        st.caption("Pinned: the node gives a fixed output and is not run.")
        if st.button("Unpin", icon=":material/keep_off:", key=f"{key}:unpin"):
            opened.patch(spec.id, pinned=None)
        return
    fired = last_fired(opened, spec.id)
    if fired and st.button("Pin the last output", icon=":material/keep:", key=f"{key}:pin"):
        opened.pin(spec.id, fired)


def _draw_help(cls: type[Node] | None) -> None:
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

"""A page that draws the form of one node kind and remembers what was filled in, for the tests."""

from __future__ import annotations


def page() -> None:
    """Draws the form of the kind and configuration in the session, and keeps the result there."""
    import streamlit as st

    from app.form.choice import Choices
    from app.form.form import draw_form
    from pipelines.nodes import node_kinds

    state = st.session_state
    choices = Choices(
        models=("large", "small"),
        default_model="small",
        document_sets=("handbook",),
        pipelines=("panel",),
        routers=("crafts",),
    )
    generation = state.get("generation", 0)
    filled = draw_form(node_kinds()[state.kind], state.config, key=f"form:{generation}", choices=choices)
    state.filled = filled
    if filled.reshaped:
        state.config, state.generation = filled.values, generation + 1
        st.rerun()

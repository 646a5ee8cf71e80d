"""The second row of the studio: the question, how it is run, and the buttons that start and stop."""

from __future__ import annotations

import streamlit as st

from app.live import live_runs
from app.plain import plain
from app.state import RunForm, choices, session
from app.studio.open_workflow import OpenWorkflow
from app.studio.running import present_run, start, stop


def draw_run_bar(opened: OpenWorkflow) -> None:
    """Draws the row; a run that starts or stops makes the whole page run again."""
    running = live_runs().running(opened.slug) is not None
    with st.container(key="runbar", horizontal=True, vertical_alignment="bottom", gap="small"):
        # A form, so that Ctrl+Enter runs from the question and from no other field: a run may cost money.
        with st.form(f"ask:{session().root}", border=False):
            _draw_question(opened, running=running)
        _draw_settings(opened)
        if running and st.button("Stop", icon=":material/stop_circle:", key="run:stop"):
            stop(opened)
            st.rerun()


def _draw_question(opened: OpenWorkflow, *, running: bool) -> None:
    form = session().run_form
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        form.question = st.text_area(
            "Question",
            value=form.question,
            key=f"question:{session().root}",
            height="content",
            placeholder="Type a question and press Ctrl+Enter",
            label_visibility="collapsed",
            width="stretch",
        )
        wanted = st.form_submit_button("Run", icon=":material/play_arrow:", key="run", type="primary", disabled=running)
        if wanted:
            _begin(opened, None)
        _draw_from_here(opened, running=running)


def _draw_from_here(opened: OpenWorkflow, *, running: bool) -> None:
    """Offers to run from the selected node on, where an earlier run has something to keep."""
    if running or len(opened.selected) != 1 or present_run(opened) is None:
        return
    node_id = opened.selected[0]
    told = f"Keeps what lies before {node_id}"
    if st.form_submit_button("Run from here", icon=":material/resume:", key="run:here", help=told):
        _begin(opened, node_id)


def _begin(opened: OpenWorkflow, from_node: str | None) -> None:
    refusal = start(opened, from_node=from_node)
    if refusal is None:
        st.rerun()
    st.toast(plain(refusal), icon=":material/info:", duration="long")


def _draw_settings(opened: OpenWorkflow) -> None:
    form, slug = session().run_form, opened.slug
    with st.popover("Settings", icon=":material/tune:", key=f"settings:{slug}"):
        _draw_model(form, slug)
        tags = st.text_input("Tags, separated by commas", value=", ".join(form.tags), key=f"run:tags:{slug}")
        form.tags = [tag.strip() for tag in tags.split(",") if tag.strip()]
        _draw_budget(form, slug)
        seed, cache = st.columns(2, vertical_alignment="bottom")
        form.seed = int(seed.number_input("Seed", 0, 2**31, form.seed, 1, key=f"run:seed:{slug}"))
        form.cache = cache.toggle(
            "Use the cache",
            value=form.cache,
            key=f"run:cache:{slug}",
            help="Answers bought before are not bought again.",
        )


def _draw_model(form: RunForm, slug: str) -> None:
    known = choices()
    default = f"Default model ({known.default_model})"
    options = ["", *known.models]
    chosen = st.selectbox(
        "Model of nodes without one of their own",
        options,
        options.index(form.model) if form.model in known.models else 0,
        lambda name: name or default,
        key=f"run:model:{slug}",
    )
    form.model = chosen or None


def _draw_budget(form: RunForm, slug: str) -> None:
    st.markdown("**Budget** · a call that would exceed it is not made")
    usd, seconds, calls = st.columns(3)
    form.usd = usd.number_input("USD", 0.0, None, form.usd, 0.01, "%g", placeholder="none", key=f"run:usd:{slug}")
    form.seconds = seconds.number_input(
        "Seconds", 0.1, None, form.seconds, 10.0, "%g", placeholder="none", key=f"run:seconds:{slug}"
    )
    form.calls = calls.number_input("Calls", 0, None, form.calls, 1, placeholder="none", key=f"run:calls:{slug}")

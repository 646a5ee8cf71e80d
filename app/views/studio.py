"""The studio page: draw a pipeline, run it, see what happened."""

from __future__ import annotations

import streamlit as st

from app.guide import draw_guide
from app.live import live_runs
from app.plain import plain
from app.redraw import redraw
from app.shelf import add_pipeline
from app.state import go_to_gallery, go_to_studio, missing_workflow, open_next, open_workflow, session, workspace
from app.studio.header import draw_conflict, draw_header
from app.studio.open_workflow import OpenWorkflow
from app.studio.result import draw_result
from app.studio.run_bar import draw_run_bar
from app.studio.stage import draw_canvas, draw_drawer, problems_of
from pipelines.document import Pipeline
from pipelines.error import NotFound, RouteloomError
from pipelines.graph import Problem

POLL_S = 0.4


def draw() -> None:
    """Draws the page for the workflow that the address names."""
    try:
        opened = open_workflow()
    except NotFound as error:
        missing_workflow(error)
        opened = None
    if opened is None:
        _draw_nothing_open()
        return
    session().page_state = _state(opened)
    running = live_runs().running(opened.slug) is not None
    _editor(opened)
    st.fragment(_result, run_every=POLL_S if running else None)(opened)


def _state(opened: OpenWorkflow) -> tuple[str | None, bool]:
    return session().shown_run, live_runs().running(opened.slug) is not None


@st.fragment
def _editor(opened: OpenWorkflow) -> None:
    if open_next():
        st.rerun()
    problems = problems_of(opened)
    rows, stage = st.container(key="rows"), st.container(key="stage")
    try:
        # The canvas first: an edit shows its consequences before the rest of the page is made.
        with stage:
            draw_canvas(opened, problems)
        with rows:
            _draw_rows(opened, problems)
        with stage:
            draw_drawer(opened)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
    _redraw_when_runs_change(opened)


def _draw_rows(opened: OpenWorkflow, problems: tuple[Problem, ...]) -> None:
    """Draws what stands above the canvas."""
    model = session().run_form.model
    draw_header(opened, problems, workspace().storage.workflows)
    draw_conflict(opened)
    draw_run_bar(opened)
    if opened.graph.nodes:
        draw_guide(in_studio=True)
    if session().run_form.model != model:
        # Problems and estimates hang on it, and they are drawn already.
        redraw()


def _result(opened: OpenWorkflow) -> None:
    draw_result(opened)
    _redraw_when_runs_change(opened)


def _redraw_when_runs_change(opened: OpenWorkflow) -> None:
    """Draws the whole page anew when another run is shown, or one began or ended since the last time.

    The canvas and the panel are drawn apart, and the panel polls only while a run is under way.
    """
    if open_next() or session().page_state != _state(opened):
        st.rerun()


def _draw_nothing_open() -> None:
    state = session()
    if state.notice:
        st.warning(plain(state.notice), icon=":material/search_off:")
        state.notice = None
    st.title("Nothing is open", anchor=False)
    st.markdown("Open a template or one of your workflows in the gallery, or begin with an empty canvas.")
    with st.container(horizontal=True):
        if st.button("Go to the gallery", icon=":material/grid_view:", type="primary", key="empty:gallery"):
            go_to_gallery()
        if st.button("New pipeline", icon=":material/add:", key="empty:new"):
            go_to_studio(add_pipeline(workspace(), Pipeline(name="Untitled"), message="New"))

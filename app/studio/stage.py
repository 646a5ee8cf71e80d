"""The canvas with the drawer over it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.canvas.component import canvas_out, mount_canvas
from app.canvas.protocol import CanvasData, CanvasProblem
from app.face import catalogue, faces
from app.live import live_runs
from app.redraw import redraw
from app.state import CANVAS, session, workspace
from app.studio.comparing import history, overlay
from app.studio.crossing import draw_crossing
from app.studio.inside import breadcrumbs, inner_slug
from app.studio.inspector import draw_inspector
from app.studio.look import DRAWER_PX, Look, draw_look, look_data, look_of, looked_at
from app.studio.open_workflow import OpenWorkflow
from app.studio.palette import commands
from app.studio.reading import draw_reading
from app.studio.running import drawn_estimate, snapshot, stale
from app.studio.scope import batch
from app.studio.wish import fulfil
from pipelines.document import NodeSpec
from pipelines.error import ConfigurationError, RouteloomError
from pipelines.graph import Problem

HEIGHT_PX: Final = 560


def draw_canvas(opened: OpenWorkflow, problems: tuple[Problem, ...]) -> None:
    """Draws the canvas and takes what it said."""
    look = look_of(opened)
    data = look_data(opened, look) if look else _data(opened, problems)
    out = mount_canvas(data, key=CANVAS, height=HEIGHT_PX, on_out_change=_on_out)
    # A value that Streamlit restored after a lost connection comes without the callback.
    if opened.receive(out, live=False):
        redraw()


def _data(opened: OpenWorkflow, problems: tuple[Problem, ...]) -> CanvasData:
    live = live_runs().running(opened.slug)
    together = batch(opened)
    expected, late = drawn_estimate(opened)
    return CanvasData(
        view="studio",
        doc=opened.doc,
        faces=faces(opened.graph, inner=inner_slug, estimate=expected),
        catalogue=catalogue(),
        problems=tuple(CanvasProblem.model_validate(problem.model_dump()) for problem in problems),
        run=snapshot(opened) if together is None else None,
        events_url=f"/api/runs/{live.run.id}/events" if live else None,
        commands=opened.commands,
        actions=("save", "run_to", "run_from", "pin", "make_sub", "step_into", "inspect_edge"),
        inset_right=DRAWER_PX if opened.inspected or opened.crossed else 0,
        stale=stale(opened) if together is None else (),
        breadcrumbs=breadcrumbs(opened),
        compare=overlay(opened),
        history=history(opened, together),
        palette=commands(opened),
        batch=together,
        late=late,
    )


def draw_drawer(opened: OpenWorkflow) -> None:
    """Draws over the canvas the inspector of the selected node, or the value that crossed the selected edge."""
    look = look_of(opened)
    if look is not None:
        _draw_over_look(opened, look)
        return
    spec = opened.node(opened.selected[0]) if len(opened.selected) == 1 else None
    if spec is not None and opened.inspected == spec.id:
        sent = opened.commands
        with st.container(key="inspector"):
            draw_inspector(opened, spec)
        if opened.commands != sent:
            redraw()
    elif opened.crossed is not None:
        with st.container(key="inspector"):
            draw_crossing(opened, opened.crossed)
    elif spec is not None:
        _draw_handle(opened, spec)


def _draw_over_look(opened: OpenWorkflow, look: Look) -> None:
    draw_look(opened, look)
    spec = looked_at(opened, look)
    if spec is not None:
        with st.container(key="inspector"):
            draw_reading(opened, look, spec)


def _draw_handle(opened: OpenWorkflow, spec: NodeSpec) -> None:
    """Draws the button that opens the drawer of a node that was just added, or whose drawer was closed."""
    with st.container(key="handle"):
        if st.button("Configure", icon=":material/left_panel_open:", key="handle:open", help=f"Opens {spec.id}"):
            opened.inspected = spec.id
            redraw()


def problems_of(opened: OpenWorkflow) -> tuple[Problem, ...]:
    """Returns the problems of the pipeline as it stands."""
    try:
        return workspace().find_problems(opened.graph, model=session().run_form.model)
    except ConfigurationError:
        return workspace().find_problems(opened.graph)


def _on_out() -> None:
    """Takes what the canvas said, and does what it wishes."""
    opened = session().opened
    if opened is None:
        return
    out = canvas_out(CANVAS)
    if out is not None and out.refused:
        opened.say(out.refused)
    try:
        opened.receive(out, live=True)
        fulfil(opened)
    except RouteloomError as error:
        opened.say(str(error))

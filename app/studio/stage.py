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
from app.studio.inspector import draw_inspector
from app.studio.open_workflow import OpenWorkflow
from app.studio.running import snapshot, start, stop
from pipelines.error import ConfigurationError
from pipelines.graph import Problem

HEIGHT_PX: Final = 560


def draw_stage(opened: OpenWorkflow, problems: tuple[Problem, ...]) -> None:
    """Draws the canvas and, over it, the inspector of the selected node."""
    with st.container(key="stage"):
        live = live_runs().running(opened.slug)
        out = mount_canvas(
            CanvasData(
                view="studio",
                doc=opened.doc,
                faces=faces(opened.graph),
                catalogue=catalogue(),
                problems=tuple(CanvasProblem.model_validate(problem.model_dump()) for problem in problems),
                run=snapshot(opened),
                events_url=f"/api/runs/{live.run.id}/events" if live else None,
                commands=opened.commands,
                actions=("save",),
            ),
            key=CANVAS,
            height=HEIGHT_PX,
            on_out_change=_on_out,
        )
        # A value that Streamlit restored after a lost connection comes without the callback.
        if opened.receive(out, live=False):
            redraw()
        if len(opened.selected) == 1 and (spec := opened.node(opened.selected[0])) is not None:
            with st.container(key="inspector"):
                draw_inspector(opened, spec)


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
    opened.receive(out, live=True)
    if out is not None and out.refused:
        opened.say(out.refused)
    wishes, opened.wishes = opened.wishes, []
    for wish in wishes:
        if wish == "run" and (refusal := start(opened)):
            opened.say(refusal)
        elif wish == "stop":
            stop(opened)
        elif wish == "save":
            opened.save()

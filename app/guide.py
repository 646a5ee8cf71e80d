"""The guided first minute: four steps, each shown at the element that it is about, until they are done or dismissed."""

from __future__ import annotations

from typing import Final, NamedTuple

import streamlit as st

from app.redraw import redraw
from app.state import workspace

SETTING: Final = "guide"
OPEN, READ, RUN, CHANGE, END = 1, 2, 3, 4, 5


class Step(NamedTuple):
    """Is what one step says."""

    title: str
    text: str


STEPS: Final = {
    OPEN: Step(
        "Open a template",
        "Each card below is a whole pipeline. Open one: it becomes a workflow of your own and runs without any key.",
    ),
    READ: Step(
        "Read the route",
        "A question enters on the left and follows the wires to the answer. Where wires part, a router chooses.",
    ),
    RUN: Step(
        "Ask something",
        "Type a question in the row above and press Run. The branch that is taken lights up, with time and cost.",
    ),
    CHANGE: Step(
        "Change one thing and save",
        "Click a node and change it in the drawer, or drag in another. Save keeps a version that you can come back to.",
    ),
}


def guide_step(*, in_studio: bool) -> int | None:
    """Returns the step that is due on this page, or None; an installation that nobody has used yet begins it."""
    settings = workspace().storage.settings
    noted = settings.get(SETTING)
    if noted is None and not in_studio and _is_unused():
        settings.put(SETTING, OPEN)
        noted = OPEN
    if not isinstance(noted, int) or noted not in STEPS:
        return None
    if not in_studio:
        return noted if noted == OPEN else None
    return max(noted, READ)


def reach(step: int) -> None:
    """Goes on to a step, from one before it; does nothing where no guide is under way."""
    settings = workspace().storage.settings
    noted = settings.get(SETTING)
    if isinstance(noted, int) and noted < step:
        settings.put(SETTING, step)


def restart_guide(step: int = OPEN) -> None:
    """Begins the guide again."""
    workspace().storage.settings.put(SETTING, step)


def draw_guide(*, in_studio: bool) -> bool:
    """Draws the step that is due on this page, and says whether there is one."""
    step = guide_step(in_studio=in_studio)
    if step is None:
        return False
    told = STEPS[step]
    # The key names the step, so that the style can mark the element that it is about.
    with st.container(key=f"guide-{step}", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div role="status" class="rl-guide"><small>Step {step} of {len(STEPS)}</small>'
            f"<b>{told.title}</b><p>{told.text}</p></div>",
            width="stretch",
        )
        with st.container(horizontal=True, gap="small", width="content"):
            last = step == CHANGE
            if in_studio and st.button("Done" if last else "Next", key="tour:next", type="primary"):
                reach(step + 1)
                redraw()
            if not last and st.button("Skip the guide", key="tour:skip", type="tertiary"):
                reach(END)
                redraw()
    return True


def _is_unused() -> bool:
    storage = workspace().storage
    return not storage.workflows.list() and not storage.runs.runs(limit=1)

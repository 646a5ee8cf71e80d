"""A training on the page: its form, how far it is, and what came of it."""

from __future__ import annotations

import time
from typing import Final

import streamlit as st

from app.figure import duration_text
from app.plain import plain
from app.routing.plan_form import draw_plan
from app.routing.result import draw_result
from app.routing.table_shelf import TableEntry
from app.routing.training import Training
from app.state import session
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.prospect import Prospect

POLL_S: Final = 1.0
ICONS: Final = {
    "waiting": ":material/schedule:",
    "training": ":material/model_training:",
    "done": ":material/check:",
    "skipped": ":material/block:",
}


def draw_training(space: Workspace, entry: TableEntry, table: OutcomeTable, prospect: Prospect) -> None:
    """Draws the form, the progress of the last training on this table, and its result."""
    training = space.trainings.of(table.name)
    busy = training is not None and training.status == "running"
    new = training is None
    # Another key closes it once there is a training.
    with st.expander("What to train", icon=":material/tune:", expanded=new, key=f"r-plan-{'new' if new else 'again'}"):
        plan = draw_plan(entry, table, prospect.models, busy=busy)
    if plan is not None:
        try:
            space.trainings.start(plan)
        except RouteloomError as error:
            session().notice = str(error)
        st.rerun()
    if training is None:
        return
    if busy:
        st.fragment(_draw_progress, run_every=POLL_S)(space, training)
        return
    if training.status == "failed":
        st.error(plain(training.error), icon=":material/error:")
    if training.status == "stopped":
        st.info("The training was stopped; nothing of it is kept.", icon=":material/stop:")
    _draw_skipped(training)
    if training.trained is not None:
        draw_result(space, entry, training.trained)


def _draw_progress(space: Workspace, training: Training) -> None:
    if training.status != "running":
        st.rerun()
    with st.container(border=True, key="r-progress"):
        doing = f"{training.doing} …" if training.doing else "waiting for another training …"
        since = duration_text(time.monotonic() - training.began_s)
        st.progress(training.share, text=plain(f"{doing} {since} so far"))
        for name, step in training.steps.items():
            took = f" · {duration_text(step.took_s)}" if step.took_s is not None else ""
            detail = f" · {plain(step.detail)}" if step.detail else ""
            st.markdown(f"{ICONS[step.status]} {plain(name)} · {step.status}{took}{detail}")
        wanted = training.stop.is_set()
        told = "It stops when the strategy that learns now has learned" if wanted else "Nothing of it will be kept"
        if st.button("Stop", icon=":material/stop:", key="routers:stop", disabled=wanted, help=told):
            space.trainings.stop(training.plan.table.name)
            st.rerun(scope="fragment")


def _draw_skipped(training: Training) -> None:
    for name, step in training.steps.items():
        if step.status == "skipped":
            st.caption(f"Left out: {plain(name)}. {plain(step.detail)}")

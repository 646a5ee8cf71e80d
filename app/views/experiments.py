"""The page of experiments: the list, a new one, one while it runs, and what came of it."""

from __future__ import annotations

import streamlit as st

from app.charts.warm import ready
from app.experiment.making import draw_making
from app.experiment.overview import draw_overview
from app.experiment.single import draw_single
from app.plain import plain
from app.state import open_experiment, session, shown_experiment, workspace
from pipelines.error import NotFound


def draw() -> None:
    """Draws the page for the experiment that the address names, for the draft, or the list."""
    ready()
    state = session()
    with st.container(key="experiments"):
        if state.notice:
            st.info(plain(str(state.notice)), icon=":material/info:")
            state.notice = None
        wanted = shown_experiment()
        if state.draft is not None and wanted is None:
            draw_making(workspace(), state.draft)
        elif wanted is None:
            draw_overview(workspace())
        else:
            _draw_single(wanted)


def _draw_single(experiment_id: str) -> None:
    try:
        experiment = workspace().storage.experiments.get(experiment_id)
    except NotFound as error:
        session().notice = str(error)
        open_experiment(None)
    else:
        draw_single(workspace(), experiment)

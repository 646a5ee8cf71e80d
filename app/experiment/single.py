"""One experiment on the page: what it is, how far it is, and what came of it."""

from __future__ import annotations

import streamlit as st

from app.experiment.badge import draw_status
from app.experiment.draft import draft_of
from app.experiment.outcome import draw_outcome
from app.experiment.under_way import draw_under_way
from app.plain import plain
from app.state import make_experiment, open_experiment
from app.workspace import Workspace
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.progress import Progress


def draw_single(space: Workspace, experiment: Experiment) -> None:
    """Draws the experiment: while it runs what is done so far, afterwards the results."""
    progress = space.experiments.progress(experiment.id)
    under_way = space.experiments.is_under_way(experiment.id)
    _draw_head(experiment, progress, under_way=under_way)
    draw_under_way(space, experiment, progress, under_way=under_way)
    if (under_way and not _wants_results_so_far(experiment)) or progress.ended == 0:
        return
    draw_outcome(space, experiment, progress)


def _draw_head(experiment: Experiment, progress: Progress, *, under_way: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("", icon=":material/arrow_back:", key="x:back", type="tertiary", help="All experiments"):
            open_experiment(None)
        st.header(plain(experiment.title or experiment.id, 90), anchor=False, width="content")
        draw_status("running" if under_way else progress.status, interrupted=progress.interrupted)
        st.space("stretch")
        if st.button("Run again with …", icon=":material/replay:", key="x:again", help="The same, to be changed first"):
            make_experiment(draft_of(experiment))
    st.caption(_about(experiment, progress))


def _wants_results_so_far(experiment: Experiment) -> bool:
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.toggle("Show the results so far", key=f"x:peek:{experiment.id}")
        if wanted and st.button("Update them", icon=":material/refresh:", key="x:peek:update", type="tertiary"):
            st.rerun()
    return wanted


def _about(experiment: Experiment, progress: Progress) -> str:
    settings = experiment.settings
    version = f", version {experiment.data_version}" if experiment.data_version else ""
    repeats = f" · {settings.repeats} repeats" if settings.repeats > 1 else ""
    scorers = ", ".join(str(scorer.get("kind", "")) for scorer in experiment.scorers) or "none"
    model = f" · default model {settings.model}" if settings.model else ""
    count = len(experiment.contenders)
    told = (
        f"{count} pipeline{'s' * (count != 1)} · {experiment.data_set}{version} · {progress.total:,} rows{repeats} ·"
        f" scored by {scorers}{model} · seed {settings.seed} · {experiment.created_at:%Y-%m-%d %H:%M} UTC"
    )
    return plain(told)

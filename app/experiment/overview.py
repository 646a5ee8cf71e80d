"""The list of experiments, and what to do where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.experiment.badge import draw_status
from app.experiment.draft import Draft, demo_draft
from app.experiment.summary import warm_up
from app.figure import age_text, cost_text
from app.plain import plain
from app.state import go_to_data, make_experiment, open_experiment
from app.workspace import Workspace
from storage.experiment import ExperimentInfo
from storage.experiment_standing import Standing

PAGE_ROWS: Final = 25
ABOUT: Final = (
    "An experiment runs pipelines on the rows of a data set, and says which is better, at what cost, and whether the"
    " difference is real."
)


def draw_overview(space: Workspace) -> None:
    """Draws the list, newest first."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Experiments", anchor=False)
        st.space("stretch")
        if st.button("New experiment", icon=":material/add:", key="experiments:new", type="primary"):
            make_experiment(Draft())
    st.caption(ABOUT)
    infos = space.storage.experiments.list()
    if not infos:
        _draw_nothing()
        return
    pages = -(-len(infos) // PAGE_ROWS)
    number = 1
    if pages > 1:
        number = int(st.number_input(f"Page of {pages:,}", 1, pages, 1, key="experiments:page", width=150))
    shown = infos[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    standings = space.storage.experiments.standings([info.id for info in shown])
    for info in shown:
        _draw_info(space, info, standings.get(info.id, ()))
    warm_up()


def _draw_nothing() -> None:
    with st.container(border=True, key="experiments-empty"):
        st.subheader("From rows to a decision in ten minutes", anchor=False)
        st.markdown(
            "Begin with the demo: two templates on 24 short questions, answered by the embedded model on this machine."
            " It needs no key and costs nothing. You see an estimate first, and press Start there."
        )
        with st.container(horizontal=True):
            if st.button(
                "Compare two templates on the demo data",
                icon=":material/science:",
                key="experiments:demo",
                type="primary",
            ):
                make_experiment(demo_draft())
            if st.button("Begin with a CSV of your own", icon=":material/upload_file:", key="experiments:csv"):
                go_to_data()


def _draw_info(space: Workspace, info: ExperimentInfo, standings: Sequence[Standing]) -> None:
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="center", gap="small"):
        draw_status(info.status, interrupted=info.status == "running" and not space.experiments.is_under_way(info.id))
        if st.button(plain(info.title or info.id, 70), key=f"experiments:open:{info.id}", type="tertiary"):
            open_experiment(info.id)
        st.caption(_facts(info, standings), width="content")
        st.space("stretch")
        with st.popover("", icon=":material/more_vert:", key=f"experiments:more:{info.id}", help="More"):
            _draw_deletion(space, info)


def _facts(info: ExperimentInfo, standings: Sequence[Standing]) -> str:
    ended = sum(standing.rows for standing in standings)
    rows = f"{info.rows:,} rows" if ended >= info.rows else f"{ended:,} of {info.rows:,} rows"
    many = len(standings)
    parts = [rows, f"{many} pipeline{'s' * (many != 1)}"] if many else [rows]
    scores = [standing.accuracy for standing in standings if standing.accuracy is not None]
    if scores:
        bounds = f"{min(scores):.1%} to {max(scores):.1%}" if len(scores) > 1 else f"{scores[0]:.1%}"
        parts.append(f"accuracy {bounds}")
    parts += [f"paid {cost_text(sum(standing.cost_usd for standing in standings))}"] if many else []
    return plain(" · ".join((*parts, info.data_set, age_text(info.created_at))))


def _draw_deletion(space: Workspace, info: ExperimentInfo) -> None:
    if space.experiments.is_under_way(info.id):
        st.caption("It is running; stop it before you delete it.")
        return
    st.caption(f"Its {info.rows:,} rows and scores will be gone.")
    if st.button("Delete it", key=f"experiments:delete:{info.id}", icon=":material/delete:"):
        space.storage.experiments.delete(info.id)
        st.rerun()

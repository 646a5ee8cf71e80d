"""What the rows of an experiment did together, laid over the drawing of a pipeline: shares, costs, accuracy."""

from __future__ import annotations

import streamlit as st

from app.canvas.component import mount_canvas
from app.canvas.protocol import CanvasData, CanvasDoc
from app.experiment.node_sum import MOST_RUNS, runs_of
from app.experiment.summary import Summary, View
from app.face import catalogue, faces
from app.shelf import open_template
from app.state import go_to_studio
from app.template import templates
from app.workspace import Workspace
from pipelines.experiment.experiment import Contender, Experiment
from pipelines.fleet import fleet

HEIGHT_PX = 560


def draw_fleet(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws the canvas of one pipeline with all its rows, or a sample of them, over it."""
    labels = [contender.label for contender in experiment.contenders]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"x:fleet:{experiment.id}"
        place = st.selectbox("Pipeline", range(len(labels)), 0, labels.__getitem__, key=key, width=360)
        _draw_way_to_studio(space, experiment.contenders[place])
    pairs = runs_of(space, experiment, view.stamp, place, summary.places)
    if not pairs:
        st.info("None of these rows has a stored trace.", icon=":material/info:")
        return
    scores = {run.id: row.scores[view.scorer].value for row, run in pairs if view.scorer in row.scores}
    pipeline = experiment.contenders[place].pipeline
    of = f" of {len(summary.places):,} examples" if len(summary.places) > MOST_RUNS else ""
    together = fleet(pipeline, (run for _, run in pairs), scores, title=f"{len(pairs):,} rows{of} · {labels[place]}")
    data = CanvasData(
        view="experiment",
        doc=CanvasDoc(id=f"x/{experiment.id}/{place}", rev=1, seq=0, graph=pipeline),
        faces=faces(pipeline),
        catalogue=catalogue(),
        read_only=True,
        actions=(),
        stale=(),
        batch=together,
    )
    mount_canvas(data, key=f"x-canvas-{experiment.id}-{place}", height=HEIGHT_PX)
    st.caption(
        "Share, cost and accuracy stand on every wire; the toolbar colours the nodes by cost, latency or errors."
    )


def _draw_way_to_studio(space: Workspace, contender: Contender) -> None:
    """Draws the button that opens a pipeline where it can be changed, if it is still there."""
    slug = contender.workflow
    saved = {info.slug for info in space.storage.workflows.list()}
    if slug is None or slug not in {*saved, *templates()}:
        return
    if st.button("Open in the studio", icon=":material/account_tree:", key="x:fleet:studio"):
        go_to_studio(slug if slug in saved else open_template(space, slug))

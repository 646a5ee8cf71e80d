"""What the rows of an experiment did together, laid over the drawing of a pipeline: shares, costs, accuracy."""

from __future__ import annotations

import streamlit as st

from app.canvas.component import mount_canvas
from app.canvas.protocol import CanvasData, CanvasDoc
from app.experiment.node_sum import MOST_RUNS, runs_of
from app.experiment.summary import Summary, View
from app.face import catalogue, faces
from app.workspace import Workspace
from pipelines.experiment.experiment import Experiment
from pipelines.fleet import fleet

HEIGHT_PX = 560


def draw_fleet(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws the canvas of one pipeline with all its rows, or a sample of them, over it."""
    labels = [contender.label for contender in experiment.contenders]
    place = st.selectbox(
        "Pipeline", range(len(labels)), 0, labels.__getitem__, key=f"x:fleet:{experiment.id}", width=360
    )
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

"""What the canvas shows in place of the open pipeline, only to be looked at: a template, a version, a run."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from app.canvas.overlay import Compare
from app.canvas.protocol import CanvasData, CanvasDoc
from app.face import catalogue, faces
from app.live import live_runs
from app.plain import plain
from app.redraw import redraw
from app.shelf import open_template
from app.snapshot import snapshot_of
from app.state import Peek, session, workspace
from app.studio.comparing import compared_overlay
from app.studio.inside import breadcrumbs, inner_slug
from app.studio.open_workflow import OpenWorkflow
from app.studio.running import present_run
from app.template import templates
from pipelines.document import NodeSpec, Pipeline
from pipelines.run import Run, Totals

DRAWER_PX = 408
TITLE_CHARACTERS = 44


class Look(NamedTuple):
    """Is a pipeline that is shown and cannot be changed, with what a run did there.

    Attributes:
        id: names the document for the canvas.
        title: what a person calls it.
    """

    id: str
    title: str
    graph: Pipeline
    run: Run | None = None
    compare: Compare | None = None

    def node(self, node_id: str) -> NodeSpec | None:
        """Returns a node, or None if there is none."""
        return next((spec for spec in self.graph.nodes if spec.id == node_id), None)


def look_of(opened: OpenWorkflow) -> Look | None:
    """Returns what is shown in place of the open pipeline; None while that one is shown, or runs."""
    if live_runs().running(opened.slug) is not None:
        return None
    peeks = session().peeks
    if peeks:
        found = templates()[peeks[-1].template]
        run = _inside(present_run(opened), found, "/".join(peek.node for peek in peeks))
        return Look(f"t/{peeks[-1].template}", f"the template “{found.name}”", found, run)
    compared = opened.compared
    if compared is None or compared.other is None:
        return None
    if compared.kind == "version":
        graph = workspace().storage.workflows.version(opened.slug, int(compared.other))
        name = f"version {compared.other}"
        return Look(f"w/{opened.slug}@{compared.other}", name, graph, compare=compared_overlay(opened, graph, None))
    later = workspace().storage.runs.run(compared.other)
    if later is None:
        return None
    overlay = compared_overlay(opened, later.pipeline, later)
    return Look(f"r/{later.id}", f"the run of “{later.query.text[:TITLE_CHARACTERS]}”", later.pipeline, later, overlay)


def look_data(opened: OpenWorkflow, look: Look) -> CanvasData:
    """Returns what the canvas is told; a canvas of its own keeps the steps of the open pipeline that can be undone."""
    return CanvasData(
        view="look",
        doc=CanvasDoc(id=look.id, rev=1, seq=0, graph=look.graph),
        faces=faces(look.graph, inner=inner_slug),
        catalogue=catalogue(),
        run=snapshot_of(look.run) if look.run else None,
        read_only=True,
        actions=("step_into",),
        inset_right=DRAWER_PX if looked_at(opened, look) else 0,
        stale=(),
        breadcrumbs=breadcrumbs(opened),
        compare=look.compare,
    )


def looked_at(opened: OpenWorkflow, look: Look) -> NodeSpec | None:
    """Returns the one node that is selected, or None."""
    return look.node(opened.selected[0]) if len(opened.selected) == 1 else None


def leave_look(opened: OpenWorkflow) -> None:
    """Shows the open pipeline again."""
    session().peeks = ()
    opened.selected, opened.inspected = (), None
    if opened.compared is not None and opened.compared.other is not None:
        opened.compared = None


def draw_look(opened: OpenWorkflow, look: Look) -> None:
    """Draws over the canvas what is shown, and the way to have it for oneself."""
    with st.container(key="look", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/visibility: Only to look at: {plain(look.title, 70)}", width="content")
        peeks = session().peeks
        if peeks and st.button("Fork to edit", icon=":material/fork_right:", key="look:fork", type="primary"):
            _fork(opened, peeks)
            redraw()
        version = opened.compared.other if opened.compared and opened.compared.kind == "version" else None
        if version and not peeks and st.button("Bring back", icon=":material/history:", key="look:restore"):
            leave_look(opened)
            opened.restore(int(version))
            redraw()
        if st.button("Back", icon=":material/arrow_back:", key="look:back"):
            leave_look(opened)
            redraw()


def _fork(opened: OpenWorkflow, peeks: tuple[Peek, ...]) -> None:
    """Makes a workflow of the template and opens it; the node that used the template uses the workflow from now on."""
    state = session()
    slug = open_template(workspace(), peeks[-1].template)
    trail = state.trail or (opened.slug,)
    leave_look(opened)
    if len(peeks) == 1:
        nodes = tuple(_pointed(spec, slug) if spec.id == peeks[0].node else spec for spec in opened.graph.nodes)
        opened.replace(opened.graph.model_copy(update={"nodes": nodes}))
        opened.write_draft()
        state.trail = (*trail, slug)
    state.leave_for = slug


def _pointed(spec: NodeSpec, slug: str) -> NodeSpec:
    """Returns the node with the workflow in place of each template that it names."""
    config = {name: slug if _is_template(value) else value for name, value in spec.config.items()}
    return spec.model_copy(update={"config": config})


def _is_template(value: object) -> bool:
    return isinstance(value, str) and value.strip().partition("@")[0] in templates()


def _inside(run: Run | None, graph: Pipeline, path: str) -> Run | None:
    """Returns the part of a run that happened inside a node, as a run of the pipeline there."""
    if run is None:
        return None
    spans = tuple(
        span.model_copy(update={"node_id": span.node_id.removeprefix(f"{path}/")})
        for span in run.spans
        if span.node_id.startswith(f"{path}/")
    )
    around = next((span for span in run.spans if span.node_id == path), None)
    if not spans or around is None:
        return None
    totals = sum((span.totals for span in spans), Totals())
    changes = {"id": f"{run.id}/{path}", "pipeline": graph, "spans": spans, "totals": totals}
    return run.model_copy(update={**changes, "latency_s": around.latency_s})

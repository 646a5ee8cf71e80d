"""Sub-pipelines in the studio: made of a selection, entered, and left again by the breadcrumbs."""

from __future__ import annotations

from app.canvas.overlay import Crumb
from app.shelf import add_pipeline
from app.state import session, workspace
from app.studio.open_workflow import OpenWorkflow
from pipelines.cut import cut_out
from pipelines.document import NodeSpec
from pipelines.error import NotFound
from pipelines.plan import build_node

NAME_CHARACTERS = 80


def make_sub(opened: OpenWorkflow, node_ids: list[str]) -> None:
    """Saves the selection as a workflow of its own and puts one node in its place; on the canvas that is one step.

    Raises:
        DocumentError: if the selection cannot be one node.
    """
    name = _name(opened, node_ids)
    cut = cut_out(opened.graph, node_ids, name=name)
    slug = add_pipeline(workspace(), cut.inner, message=f"Cut out of {opened.name}")
    opened.replace(cut.outer(slug))
    opened.write_draft()
    opened.say(f"“{name}” is saved as {slug}; double-click its node to step in.", tone="info")


def inner_slug(spec: NodeSpec) -> str | None:
    """Returns the saved workflow that a node uses, or None."""
    try:
        references = build_node(spec).pipeline_references()
    except (KeyError, ValueError):
        return None
    slugs = [reference.strip().partition("@")[0] for reference in references]
    saved = {info.slug for info in workspace().storage.workflows.list()} if slugs else set()
    return next((slug for slug in slugs if slug in saved), None)


def step_into(opened: OpenWorkflow, node_id: str) -> None:
    """Opens the pipeline inside a node at the next drawing.

    Raises:
        NotFound: if the node uses no saved pipeline of one's own.
    """
    spec = opened.node(node_id)
    slug = inner_slug(spec) if spec else None
    if slug is None:
        raise NotFound("This node opens no workflow of yours; a template can be opened from the gallery as a copy.")
    state = session()
    trail = state.trail if state.trail[-1:] == (opened.slug,) else (opened.slug,)
    state.trail, state.leave_for = (*trail, slug), slug


def step_out(opened: OpenWorkflow, slug: str) -> None:
    """Goes back to a pipeline further out at the next drawing."""
    state = session()
    if slug in state.trail and slug != opened.slug:
        state.trail, state.leave_for = state.trail[: state.trail.index(slug) + 1], slug


def breadcrumbs(opened: OpenWorkflow) -> tuple[Crumb, ...]:
    """Returns the way from the outermost pipeline to this one; empty outside of sub-pipelines."""
    trail = session().trail
    if len(trail) < 2 or trail[-1] != opened.slug:
        return ()
    names = {info.slug: info.name for info in workspace().storage.workflows.list()}
    return tuple(Crumb(id=slug, title=names.get(slug, slug)) for slug in trail)


def _name(opened: OpenWorkflow, node_ids: list[str]) -> str:
    titles = [spec.title for spec in opened.graph.nodes if spec.id in node_ids and spec.title]
    return (" and ".join(titles[:2]) or f"Part of {opened.name}")[:NAME_CHARACTERS]

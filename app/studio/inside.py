"""Sub-pipelines in the studio: made of a selection, entered, and left again by the breadcrumbs."""

from __future__ import annotations

from app.canvas.overlay import Crumb
from app.shelf import add_pipeline
from app.state import Peek, session, workspace
from app.studio.open_workflow import OpenWorkflow
from app.template import templates
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
    """Returns the saved workflow or the template that a node uses, or None."""
    try:
        references = build_node(spec).pipeline_references()
    except (KeyError, ValueError):
        return None
    slugs = [reference.strip().partition("@")[0] for reference in references]
    known = _saved() | templates().keys() if slugs else set()
    return next((slug for slug in slugs if slug in known), None)


def step_into(opened: OpenWorkflow, spec: NodeSpec | None) -> None:
    """Opens the workflow inside a node at the next drawing, or shows the template there, which cannot be changed.

    Raises:
        NotFound: if the node uses neither.
    """
    slug = inner_slug(spec) if spec else None
    if spec is None or slug is None:
        raise NotFound("This node uses no saved workflow and no template that could be opened.")
    state = session()
    opened.selected, opened.inspected = (), None
    if slug not in _saved():
        state.peeks, state.scope = (*state.peeks, Peek(spec.id, slug)), 1
        return
    trail = state.trail if state.trail[-1:] == (opened.slug,) else (opened.slug,)
    state.trail, state.leave_for, state.peeks = (*trail, slug), slug, ()


def step_out(opened: OpenWorkflow, place: str) -> None:
    """Goes back to a pipeline further out, at the next drawing where it is another workflow."""
    state = session()
    opened.selected, opened.inspected = (), None
    seen = [_peek_id(peek) for peek in state.peeks]
    if place in seen:
        state.peeks = state.peeks[: seen.index(place) + 1]
    elif place == opened.slug:
        state.peeks = ()
    elif place in state.trail:
        state.trail, state.leave_for, state.peeks = state.trail[: state.trail.index(place) + 1], place, ()


def breadcrumbs(opened: OpenWorkflow) -> tuple[Crumb, ...]:
    """Returns the way from the outermost pipeline to what is shown; empty outside of sub-pipelines."""
    state = session()
    trail = state.trail if state.trail[-1:] == (opened.slug,) else (opened.slug,)
    if len(trail) + len(state.peeks) < 2:
        return ()
    names = {info.slug: info.name for info in workspace().storage.workflows.list()}
    steps = [Crumb(id=slug, title=names.get(slug, slug)) for slug in trail]
    steps += [Crumb(id=_peek_id(peek), title=templates()[peek.template].name) for peek in state.peeks]
    return tuple(steps)


def _peek_id(peek: Peek) -> str:
    return f"template:{peek.node}:{peek.template}"


def _saved() -> set[str]:
    return {info.slug for info in workspace().storage.workflows.list()}


def _name(opened: OpenWorkflow, node_ids: list[str]) -> str:
    titles = [spec.title for spec in opened.graph.nodes if spec.id in node_ids and spec.title]
    return (" and ".join(titles[:2]) or f"Part of {opened.name}")[:NAME_CHARACTERS]

"""What lies over the canvas of past runs and versions: a comparison, and the place of the shown run in the history."""

from __future__ import annotations

from app.canvas.overlay import Compare, Ghosts, NodeChange, RunHistory
from app.live import live_runs
from app.state import session, show_run, workspace
from app.studio.open_workflow import Compared, OpenWorkflow
from app.studio.running import present_run
from app.studio.scope import scope_id, scopes
from pipelines.compare import Comparison, compare_pipelines, compare_runs
from pipelines.document import Pipeline
from pipelines.error import NotFound
from pipelines.fleet import Batch
from pipelines.run import Run

RUNS_LISTED = 200
LABEL_CHARACTERS = 60


def compare_with_version(opened: OpenWorkflow, number: int) -> None:
    """Lays the difference from a version to the pipeline as it stands over the canvas."""
    compare_versions(opened, number, None)


def compare_versions(opened: OpenWorkflow, older: int, newer: int | None) -> None:
    """Lays the difference of two versions over the newer one; None is the pipeline as it stands."""
    _show(opened, Compared("version", str(older), None if newer is None else str(newer)))


def compare_with_run(opened: OpenWorkflow, run_id: str) -> None:
    """Lays the difference from a past run to the shown one over the canvas."""
    _show(opened, Compared("run", run_id))


def compare_runs_of(opened: OpenWorkflow, older: str, newer: str) -> None:
    """Lays the difference of two runs over the newer one, on the pipeline as it then was."""
    show_run(newer)
    _show(opened, Compared("run", older, newer))


def overlay(opened: OpenWorkflow) -> Compare | None:
    """Returns the comparison with the pipeline as it stands, made anew with every change; None if there is none."""
    if opened.compared is None or opened.compared.other is not None:
        return None
    return compared_overlay(opened, opened.graph, present_run(opened))


def compared_overlay(opened: OpenWorkflow, graph: Pipeline, run: Run | None) -> Compare | None:
    """Returns how a pipeline or a run differs from the side that the person chose; None if that is gone."""
    compared = opened.compared
    if compared is None:
        return None
    if compared.kind == "version":
        try:
            old = workspace().storage.workflows.version(opened.slug, int(compared.reference))
        except NotFound:
            return None
        return _overlay(f"version {compared.reference}", compare_pipelines(old, graph))
    before = workspace().storage.runs.run(compared.reference)
    if before is None or run is None:
        return None
    return _overlay(f"the run of “{before.query.text[:LABEL_CHARACTERS]}”", compare_runs(before, run))


def _show(opened: OpenWorkflow, compared: Compared) -> None:
    session().scope, session().peeks = 1, ()
    opened.compared, opened.selected, opened.inspected = compared, (), None


def history(opened: OpenWorkflow, together: Batch | None) -> RunHistory | None:
    """Returns the place of the shown run among the past ones; None while a run is under way or none was ever made.

    `together` is what is shown in place of it.
    """
    if live_runs().running(opened.slug) is not None:
        return None
    infos = workspace().storage.runs.runs(opened.slug, limit=RUNS_LISTED)
    place = next((place for place, info in enumerate(infos) if info.id == session().shown_run), None)
    if place is None:
        return None
    shown = infos[place]
    version = f"version {shown.version}" if shown.version else "unsaved"
    label = f"{shown.started_at:%d %b %H:%M} UTC · {version} · “{shown.question[:LABEL_CHARACTERS]}”"
    return RunHistory(
        position=len(infos) - place,
        count=len(infos),
        label=together.title if together else label,
        scopes=scopes(len(infos)),
        scope=scope_id(),
    )


def step_in_history(opened: OpenWorkflow, step: int) -> None:
    """Shows the next later (1) or earlier (-1) run, if there is one."""
    if live_runs().running(opened.slug) is not None:
        return
    ids = [info.id for info in workspace().storage.runs.runs(opened.slug, limit=RUNS_LISTED)]
    shown = session().shown_run
    place = ids.index(shown) - step if shown in ids else 0
    if 0 <= place < len(ids):
        show_run(ids[place])


def _overlay(title: str, found: Comparison) -> Compare:
    told = {
        node_id: NodeChange(
            change=node.change,
            note=node.note,
            latency_delta_s=node.latency_delta_s,
            cost_delta_usd=node.cost_delta_usd,
        )
        for node_id, node in found.nodes.items()
    }
    ghosts = Ghosts(nodes=found.removed_nodes, edges=found.removed_edges)
    return Compare(title=title, nodes=told, edges=found.edges, ghosts=ghosts)

"""Starts, stops and resumes the runs of the open workflow."""

from __future__ import annotations

from app.canvas.protocol import RunSnapshot
from app.guide import CHANGE, reach
from app.live import LiveRun, live_runs
from app.snapshot import snapshot_of
from app.state import Estimated, RunForm, session, show_run, shown_run, workspace
from app.studio.open_workflow import OpenWorkflow
from pipelines.compare import edited_nodes
from pipelines.data.example import Example
from pipelines.engine.reuse import reusable_outputs
from pipelines.error import DocumentError
from pipelines.estimate.estimate import estimate
from pipelines.estimate.record import ContenderEstimate
from pipelines.experiment.experiment import Contender, ExperimentSettings
from pipelines.part import upstream_of
from pipelines.run import Budget, Fired, Run, RunSettings
from pipelines.value import Query

RUNS_CONSULTED = 50
DRAWS = 800
"""Fewer than for an experiment: the estimate of one run is made anew with every edit."""


def live_run(opened: OpenWorkflow) -> LiveRun | None:
    """Returns the run of the workflow that is under way, or the shown one if this process followed it."""
    return live_runs().running(opened.slug) or live_runs().get(session().shown_run)


def present_run(opened: OpenWorkflow) -> Run | None:
    """Returns the run that the studio shows, with what is known of it until now."""
    live = live_run(opened)
    return live.run if live else shown_run()


def last_fired(opened: OpenWorkflow, node_id: str) -> Fired | None:
    """Returns what a node fired in the shown run, or None."""
    run = present_run(opened)
    return next((span.fired for span in run.spans if span.node_id == node_id), None) if run else None


def snapshot(opened: OpenWorkflow) -> RunSnapshot | None:
    """Returns the shown run for the canvas."""
    live = live_run(opened)
    if live is not None:
        return live.snapshot()
    run = shown_run()
    return None if run is None else snapshot_of(run)


def stale(opened: OpenWorkflow) -> tuple[str, ...] | None:
    """Returns the nodes that were edited since the shown run, or None if there is no run."""
    run = present_run(opened)
    return None if run is None else tuple(sorted(edited_nodes(run.pipeline, opened.graph)))


def estimated(opened: OpenWorkflow) -> ContenderEstimate:
    """Returns what a run of the pipeline may cost and take, by its latest runs or by what is declared."""
    state, space = session(), workspace()
    about, graph = _about(opened), opened.graph.content_hash()
    if state.estimate is not None and state.estimate.about == about and state.estimate.graph == graph:
        return state.estimate.found
    if state.past is None or state.past[0] != about[:2]:
        state.past = about[:2], space.storage.runs.past((opened.slug,), limit=RUNS_CONSULTED)
    question, model = state.run_form.question.strip(), state.run_form.model
    found = estimate(
        [Contender(label=opened.slug, pipeline=opened.graph)],
        [Example(id="question", query=question)] if question else [],
        state.past[1],
        catalogue=space.catalogue,
        settings=ExperimentSettings(model=model),
        library=space.library,
        draws=DRAWS,
    )
    state.estimate = Estimated(about, graph, found.contenders[0])
    return found.contenders[0]


def drawn_estimate(opened: OpenWorkflow) -> tuple[ContenderEstimate, bool]:
    """Returns the estimate to draw now, and whether it is that of the pipeline before the latest edit.

    An edit of a large pipeline is drawn before its estimate is made anew; the canvas asks for that a moment later.
    """
    known = session().estimate
    if known is None or known.about != _about(opened):
        return estimated(opened), False
    return known.found, known.graph != opened.graph.content_hash()


def _about(opened: OpenWorkflow) -> tuple[str, ...]:
    """Returns what an estimate hangs on beside the graph."""
    space, form = workspace(), session().run_form
    latest = next((info.id for info in space.storage.runs.runs(opened.slug) if info.status != "running"), "")
    return (opened.slug, latest, form.question.strip(), form.model or "", space.catalogue.default or "")


def start(opened: OpenWorkflow, *, from_node: str | None = None, to_node: str | None = None) -> str | None:
    """Starts a run of the pipeline as it stands and returns None, or a sentence that says why not.

    With `from_node`, everything upstream of that node keeps what it fired in the shown run. With `to_node`, nothing
    but what leads to that node runs.
    """
    form = session().run_form
    if live_runs().running(opened.slug) is not None:
        return "A run is under way; stop it first."
    if not form.question.strip():
        return "Type a question above and press Ctrl+Enter first."
    if (refusal := _refusal(opened, form.model, to_node)) is not None:
        return refusal
    previous = present_run(opened) if from_node else None
    if from_node and previous is None:
        return "There is no earlier run whose outputs could be kept; press Run."
    run = _new_run(opened, form, previous, to_node)
    try:
        reuse = reusable_outputs(previous, opened.graph, start=from_node) if previous else None
    except DocumentError as error:
        return str(error)
    live_runs().start(workspace(), run, reuse=reuse)
    show_run(run.id)
    reach(CHANGE)
    if opened.compared is not None and opened.compared.other is not None:
        opened.compared = None
    return None


def stop(opened: OpenWorkflow) -> None:
    """Stops the run that is under way."""
    live = live_runs().running(opened.slug)
    if live is not None:
        workspace().stop(live.run.id)


def resume(run: Run) -> None:
    """Takes up an interrupted run; what it has paid for is not bought again."""
    live_runs().start(workspace(), run.model_copy(update={"spans": ()}), resume=True)
    show_run(run.id)


def is_interrupted(opened: OpenWorkflow, run: Run | None) -> bool:
    """Says whether the run has not ended and nobody in this process carries it on."""
    live = live_run(opened)
    return run is not None and run.status == "running" and (live is None or live.run.id != run.id)


def paid_calls(run: Run) -> int:
    """Returns how many calls of an interrupted run are paid for."""
    return sum(call.reply is not None for call in workspace().storage.runs.calls(run.id))


def _refusal(opened: OpenWorkflow, model: str | None, to_node: str | None) -> str | None:
    """Returns what stands in the way of a run, or None."""
    try:
        part = opened.graph if to_node is None else upstream_of(opened.graph, to_node)
    except DocumentError as error:
        return str(error)
    problems = workspace().find_problems(part, model=model, whole=to_node is None)
    errors = [problem for problem in problems if problem.severity == "error"]
    more = f" ({len(errors) - 1} more under Problems)" if len(errors) > 1 else ""
    return f"{errors[0]}{more}" if errors else None


def _new_run(opened: OpenWorkflow, form: RunForm, previous: Run | None, to_node: str | None) -> Run:
    budget = Budget(usd=form.usd, seconds=form.seconds, calls=form.calls)
    query = Query(text=form.question.strip(), tags=tuple(form.tags))
    return Run(
        pipeline=opened.graph,
        query=previous.query if previous else query,
        settings=RunSettings(model=form.model, seed=form.seed, budget=budget, cache=form.cache, to_node=to_node),
        workflow=opened.slug,
        version=None if opened.changed else opened.version,
        parent_id=previous.id if previous else None,
    )

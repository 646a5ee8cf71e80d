"""Chooses how many past runs the canvas shows together, and lays them over the open pipeline."""

from __future__ import annotations

from typing import Final

from app.canvas.overlay import Scope
from app.live import live_runs
from app.state import session, workspace
from app.studio.open_workflow import OpenWorkflow
from pipelines.fleet import Batch, fleet, is_comparable, structure
from pipelines.run import Run

COUNTS: Final = (20, 100, 500)
VERB: Final = "runs"
ONE: Final = Scope(id=f"{VERB}:1", title="This run")


def scopes(count: int) -> tuple[Scope, ...]:
    """Returns what may be shown of so many past runs; one run is shown alone, without a choice."""
    if count < 2:
        return ()
    offered = [number for place, number in enumerate(COUNTS) if place == 0 or count > COUNTS[place - 1]]
    return (ONE, *(Scope(id=f"{VERB}:{number}", title=f"Last {number} runs") for number in offered))


def scope_id() -> str:
    """Returns the id of what is shown now."""
    return f"{VERB}:{session().scope}"


def choose_scope(opened: OpenWorkflow, wanted: str) -> None:
    """Shows one run, or the last so many together; a number that is not offered does nothing."""
    if wanted in {"1", *map(str, COUNTS)}:
        session().scope = int(wanted)
        opened.compared = None


def batch(opened: OpenWorkflow) -> Batch | None:
    """Returns what the last runs did together on the pipeline as it stands; None while one run is shown alone."""
    state = session()
    if state.scope == 1 or live_runs().running(opened.slug) is not None:
        return None
    runs = _runs(opened.slug, state.scope)
    key = (tuple(run.id for run in runs), structure(opened.graph))
    if state.together is None or state.together[0] != key:
        whole = [run for run in runs if is_comparable(opened.graph, run)]
        state.together = key, fleet(opened.graph, whole, title=_title(whole, len(runs)))
    return state.together[1]


def _runs(slug: str, limit: int) -> list[Run]:
    """Returns the last runs that have ended, each read once."""
    state, log = session(), workspace().storage.runs
    ended = [info.id for info in log.runs(slug, limit=limit) if info.status != "running"]
    loaded = {run_id: state.scoped.get(run_id) or log.run(run_id) for run_id in ended}
    state.scoped = {run_id: run for run_id, run in loaded.items() if run is not None}
    return list(state.scoped.values())


def _title(whole: list[Run], asked: int) -> str:
    if not whole:
        return "No whole run of a pipeline of this structure"
    versions = sorted({run.version for run in whole if run.version is not None})
    told = [f"version{'s' if len(versions) > 1 else ''} {', '.join(map(str, versions))}"] if versions else []
    told += ["unsaved work"] if any(run.version is None for run in whole) else []
    left = asked - len(whole)
    rest = f" · {left} of another structure or stopped" if left else ""
    return f"{len(whole)} run{'s' if len(whole) > 1 else ''} · {' and '.join(told)}{rest}"

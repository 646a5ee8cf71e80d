"""How far an experiment is, and what a person can do about it: pause, resume, cancel, try again, raise the budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

import streamlit as st

from app.figure import cost_text, duration_text
from app.plain import plain
from app.state import session
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.progress import Progress
from storage.experiment_page import RowFilter

POLL_S: Final = 1.0
FAILURES_READ: Final = 200
FAILURES_TOLD: Final = 4
UNKNOWN: Final = "–"
RESTING: Final = ("paused", "budget", "failed", "cancelled", "new")


def draw_under_way(space: Workspace, experiment: Experiment, progress: Progress, *, under_way: bool) -> None:
    """Draws the panel; while the experiment runs it is drawn anew every second, by itself."""
    if progress.status == "done" and not under_way:
        _draw_done(space, experiment, progress)
        return
    st.fragment(_draw_panel, run_every=POLL_S if under_way else None)(space, experiment, under_way)


def _draw_panel(space: Workspace, experiment: Experiment, was_under_way: bool) -> None:
    under_way = space.experiments.is_under_way(experiment.id)
    if under_way != was_under_way:
        st.rerun()
    progress = space.experiments.progress(experiment.id)
    with st.container(border=True, key="x-progress"):
        st.progress(min(1.0, progress.share), text=_line(progress, under_way=under_way))
        _draw_numbers(experiment, progress, under_way=under_way)
        if progress.error:
            st.error(plain(progress.error), icon=":material/error:")
        _draw_actions(space, experiment, progress, under_way=under_way)
        if under_way:
            _draw_standings(space, experiment)
        draw_failures(space, experiment, progress)


def draw_failures(space: Workspace, experiment: Experiment, progress: Progress) -> None:
    """Draws why rows failed, the most frequent reasons first."""
    if not progress.failed and not progress.unscored:
        return
    wanted = RowFilter(status="failed") if progress.failed else RowFilter(unscored=True)
    rows = space.storage.experiments.rows(experiment.id, wanted, limit=FAILURES_READ).rows
    reasons: Counter[tuple[str, str]] = Counter()
    for row in rows:
        sentences = [row.error] if row.error else list(row.score_errors.values())
        reasons.update((experiment.contenders[row.contender].label, sentence) for sentence in sentences)
    what = "rows failed" if progress.failed else "answers could not be scored"
    count = progress.failed or progress.unscored
    of = f" (of the first {len(rows):,})" if count > len(rows) else ""
    with st.expander(f"{count:,} {what}: why", icon=":material/error:"):
        for (label, sentence), times in reasons.most_common(FAILURES_TOLD):
            st.markdown(f"**{times:,} ×** {plain(label, 60)}: {plain(sentence, 400)}")
        if len(reasons) > FAILURES_TOLD or of:
            st.caption(f"{len(reasons):,} different reasons{of}.")


def _draw_done(space: Workspace, experiment: Experiment, progress: Progress) -> None:
    """Draws in a line what it came to, and what may still be tried again."""
    if not progress.failed and not progress.unscored and not progress.no_answer:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        _draw_retry(space, experiment, progress)
    draw_failures(space, experiment, progress)


def _line(progress: Progress, *, under_way: bool) -> str:
    told = f"{progress.ended:,} of {progress.total:,} rows"
    if under_way and progress.running:
        told += f" · {progress.running:,} on their way"
    return told


def _draw_numbers(experiment: Experiment, progress: Progress, *, under_way: bool) -> None:
    budget = experiment.settings.budget_usd
    whole = None if progress.budget_left_usd is None else progress.budget_left_usd + progress.paid_usd
    of = "" if whole is None and budget is None else f" of {cost_text(whole if whole is not None else budget or 0.0)}"
    left = duration_text(progress.left_s) if under_way and progress.left_s is not None else UNKNOWN
    pace = f"{progress.rate_per_s * 60:,.0f} a minute" if under_way and progress.rate_per_s else UNKNOWN
    cached = f"{progress.cached_calls:,} of {progress.calls:,}" if progress.calls else UNKNOWN
    numbers = (
        ("Pace", pace, "Rows ended in the last minute"),
        ("Left", left, "At the pace of the last minute"),
        ("Paid", f"{cost_text(progress.paid_usd)}{of}", f"Judges: {cost_text(progress.judge_usd)}"),
        ("At list price", cost_text(progress.list_usd), "What the answers cost without the cache"),
        ("Calls from the cache", cached, "Answers bought before are not bought again"),
        ("Failed", f"{progress.failed:,}", "Rows whose pipeline failed; they can be tried again"),
    )
    for column, (label, value, hover) in zip(st.columns(len(numbers)), numbers, strict=True):
        column.metric(label, value.replace("$", "\\$"), help=hover.replace("$", "\\$"))


def _draw_actions(space: Workspace, experiment: Experiment, progress: Progress, *, under_way: bool) -> None:
    name = experiment.id
    facade = space.experiments
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if under_way:
            if st.button("Pause", icon=":material/pause:", key="x:pause", help="Rows on their way are finished"):
                _do(lambda: facade.pause(name), "It pauses as soon as the rows on their way are finished.")
            if st.button("Cancel", icon=":material/stop:", key="x:cancel", help="No further call is made"):
                _do(lambda: facade.cancel(name), "It stops as soon as the calls in flight have ended.")
        else:
            label = "Start" if progress.status == "new" and not progress.ended else "Resume"
            if st.button(label, icon=":material/play_arrow:", key="x:resume", type="primary"):
                _do(lambda: facade.resume(name))
            _draw_retry(space, experiment, progress)
        _draw_budget(space, experiment)


def _draw_budget(space: Workspace, experiment: Experiment) -> None:
    with st.popover("Change the budget", icon=":material/account_balance_wallet:", key="x:budget"):
        budget = st.number_input(
            "Most that all rows may cost, USD", 0.0, None, experiment.settings.budget_usd, 1.0, "%g",
            placeholder="no limit", key="x:budget:usd",
        )  # fmt: skip
        pressed = st.button("Set it", key="x:budget:set", disabled=budget is None)
        if pressed and budget is not None:
            _do(lambda: space.experiments.set_budget(experiment.id, budget), f"The budget is {cost_text(budget)} now.")


def _draw_retry(space: Workspace, experiment: Experiment, progress: Progress) -> None:
    count = progress.failed + progress.no_answer + progress.unscored
    if not count:
        return
    told = "Runs rows that failed or gave no answer again, and lets scorers that failed judge again"
    if st.button(f"Try {count:,} again", icon=":material/refresh:", key="x:retry", help=told):
        _do(lambda: space.experiments.retry_failed(experiment.id))


def _do(action: Callable[[], object], told: str = "") -> None:
    """Does something about the experiment and draws the page anew, or says why it cannot be done."""
    try:
        action()
    except RouteloomError as error:
        session().notice = str(error)
    else:
        session().notice = told or None
    st.rerun()


def _draw_standings(space: Workspace, experiment: Experiment) -> None:
    """Draws how the pipelines stand; every pipeline has its line from the beginning, so that nothing moves."""
    found = space.storage.experiments.standings([experiment.id]).get(experiment.id, ())
    known = {standing.contender: standing for standing in found}
    rows = []
    for place, contender in enumerate(experiment.contenders):
        standing = known.get(place)
        rows.append(
            {
                "Pipeline": contender.label,
                "Rows": standing.rows if standing else 0,
                "Mean score so far": standing.accuracy if standing else None,
                "Paid, USD": standing.cost_usd if standing else 0.0,
            }
        )
    number = st.column_config.NumberColumn
    shape = {"Mean score so far": number(format="%.3f", help="Without an interval: it still moves"),
             "Paid, USD": number(format="%.6f")}  # fmt: skip
    st.dataframe(rows, column_config=shape, hide_index=True, key="x:standings")

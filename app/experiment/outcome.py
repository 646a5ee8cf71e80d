"""What came of an experiment: the decision, the numbers, the charts, the rows, labels and files."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from app.experiment.agreement_table import draw_agreement
from app.experiment.chart_stage import draw_charts, draw_plane
from app.experiment.decision import decision
from app.experiment.export_bar import draw_export_bar
from app.experiment.fleet_canvas import draw_fleet
from app.experiment.foretold import draw_foretold
from app.experiment.labelling import draw_labelling, human_scorers
from app.experiment.report_table import contender_table, glossary, pair_table
from app.experiment.row_list import draw_row_list
from app.experiment.summary import Summary, View, stamp_of, summary_of
from app.plain import plain
from app.workspace import Workspace
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.progress import Progress
from pipelines.experiment.scoring import scorer_names

ALL: Final = ""
PARTS: Final = ("Decision", "Charts", "Rows", "Canvas", "Prediction")
LABELS: Final = "Labels"


def draw_outcome(space: Workspace, experiment: Experiment, progress: Progress) -> None:
    """Draws the results as they are at this moment."""
    st.fragment(_draw)(space, experiment, stamp_of(progress), progress.unlabelled)


def _draw(space: Workspace, experiment: Experiment, stamp: str, unlabelled: int) -> None:
    people = human_scorers(experiment)
    parts = [*PARTS, LABELS] if people else list(PARTS)
    told = f"{LABELS} ({unlabelled:,} waiting)" if unlabelled else LABELS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = st.segmented_control(
            "Show", parts, default=PARTS[0], key=f"x:part:{experiment.id}", required=True,
            format_func=lambda name: told if name == LABELS else name, label_visibility="collapsed",
        )  # fmt: skip
        st.space("stretch")
        view = _draw_filter(space, experiment, stamp)
    if part == LABELS:
        draw_labelling(space, experiment, people)
        draw_agreement(space, experiment, stamp, people)
        return
    summary = summary_of(space, experiment, view)
    if not len(summary.places):
        st.info("No example has this tag and this difficulty.", icon=":material/filter_alt_off:")
        return
    drawings: dict[str, Any] = {
        "Decision": _draw_decision,
        "Charts": draw_charts,
        "Rows": draw_row_list,
        "Canvas": draw_fleet,
        "Prediction": draw_foretold,
    }
    drawings[part](space, experiment, view, summary)


def _draw_filter(space: Workspace, experiment: Experiment, stamp: str) -> View:
    """Draws what narrows everything below, and returns the view."""
    columns = space.storage.experiments.examples(experiment.id)
    tags = sorted({tag for found in columns.tags for tag in found})
    levels = sorted({level for level in columns.difficulties if level is not None})
    names = scorer_names(experiment.scorers)
    scorer = _first_scorer(experiment)
    tag = level = ALL
    if tags:
        tag = _draw_narrowing("Tag", "All tags", tags, f"x:tag:{experiment.id}")
    if levels:
        level = _draw_narrowing("Difficulty", "All difficulties", levels, f"x:level:{experiment.id}")
    if len(names) > 1:
        place = names.index(scorer) if scorer in names else 0
        scorer = st.selectbox(
            "Score", names, place, lambda name: f"Score: {name}", key=f"x:scorer:{experiment.id}", width=230,
            label_visibility="collapsed",
        )  # fmt: skip
    return View(experiment.id, stamp, scorer, tag or None, level or None)


def _draw_narrowing(label: str, everything: str, names: list[str], key: str) -> str:
    return st.selectbox(
        label, [ALL, *names], 0, lambda name: name or everything, key=key, width=190, label_visibility="collapsed"
    )


def _first_scorer(experiment: Experiment) -> str | None:
    """Returns the first scorer that does not wait for a person, or the first one."""
    names = scorer_names(experiment.scorers)
    people = human_scorers(experiment)
    return next((name for name in names if name not in people), names[0] if names else None)


def _draw_decision(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    report = summary.report
    first, *rest = decision(report)
    with st.container(border=True, key="x-decision"):
        st.subheader(plain(first), anchor=False)
        for line in rest:
            st.markdown(plain(line))
    if report.warnings:
        with st.container(key="x-warnings"):
            for line in report.warnings:
                st.markdown(f":orange[:material/warning:] {plain(line)}")
    st.markdown("**Pipelines** · rest the pointer on a number for its formula and source")
    st.html(f'<div class="rl-report">{contender_table(report)}</div>')
    for found in report.contenders:
        if found.repeats is not None:
            st.caption(plain(f"'{found.label}', repeated with other seeds: {found.repeats.explanation}"))
    if report.pairs:
        st.markdown("**Pairs**, on the examples that both have")
        st.html(f'<div class="rl-report">{pair_table(report)}</div>')
    with st.expander("What the numbers mean", icon=":material/menu_book:"):
        st.html(f'<div class="rl-report">{glossary()}</div>')
    draw_export_bar(space, experiment, view, summary)
    if report.plane:
        draw_plane(space, experiment, view, summary)

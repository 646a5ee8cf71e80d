"""Gives an experiment out: as one HTML file that needs nothing else, as JSON lines, and as an outcome table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import streamlit as st

from app.experiment.node_sum import node_uses
from app.experiment.reading import examples_of, rows_of
from app.experiment.report_html import report_html
from app.experiment.row_lines import row_lines
from app.experiment.summary import Summary, View
from app.outcome.recording import keep_outcomes
from app.plain import plain
from app.state import go_to_routers
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import NotFound, RouteloomError
from pipelines.experiment.experiment import Experiment, Row


def draw_export_bar(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws the buttons; a file is made when it is asked for."""
    with st.container(horizontal=True):
        st.download_button(
            "HTML report", partial(_report, space, experiment, view, summary), f"{experiment.id}.html", "text/html",
            key="x:export:html", icon=":material/description:", on_click="ignore",
            help="One file with every chart; it needs no network",
        )  # fmt: skip
        st.download_button(
            "JSON lines", partial(_lines, space, experiment), f"{experiment.id}.jsonl", "application/jsonl",
            key="x:export:jsonl", icon=":material/data_object:", on_click="ignore",
            help="Every row with all its scores",
        )  # fmt: skip
        if experiment.scorers and len(experiment.contenders) > 1:
            _draw_keep(space, experiment, view)


def _draw_keep(space: Workspace, experiment: Experiment, view: View) -> None:
    pressed = st.button(
        "Train a router on this", key="x:outcomes", icon=":material/alt_route:",
        help="Keeps the scores as an outcome table and shows what choosing between the columns could win",
    )  # fmt: skip
    if not pressed:
        return
    try:
        name = keep_outcomes(space, experiment, view.scorer)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        go_to_routers(name)


def _report(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> bytes:
    wanted = set(summary.places)
    examples = [example for place, example in enumerate(_examples(space, experiment)) if place in wanted]
    uses = node_uses(space, experiment, view.stamp, summary.places)
    rows = _narrow(rows_of(space.storage, experiment.id), summary.places)
    page = report_html(experiment, summary.report, summary.results, examples=examples, rows=rows, nodes=uses)
    return page.encode()


def _lines(space: Workspace, experiment: Experiment) -> bytes:
    return b"".join(row_lines(experiment, _examples(space, experiment), rows_of(space.storage, experiment.id)))


def _narrow(rows: Iterator[Row], places: tuple[int, ...]) -> Iterator[Row]:
    """Yields the rows of these examples, which are counted from 0 again."""
    new = {place: number for number, place in enumerate(places)}
    return (row.model_copy(update={"example": new[row.example]}) for row in rows if row.example in new)


def _examples(space: Workspace, experiment: Experiment) -> list[Example]:
    """Returns the examples in the order of the experiment; without their texts where the data set is gone."""
    try:
        return examples_of(space.storage, experiment)
    except NotFound:
        known = space.storage.experiments.examples(experiment.id)
    bare = zip(known.ids, known.tags, known.groups, known.difficulties, strict=True)
    return [Example(id=name, query="", tags=tags, group=group, difficulty=level) for name, tags, group, level in bare]

"""Gives an experiment out: as one HTML file that needs nothing else, and as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import streamlit as st

from app.experiment.node_sum import node_uses
from app.experiment.report_html import report_html
from app.experiment.row_lines import row_lines
from app.experiment.summary import Summary, View, examples_of
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import NotFound
from pipelines.experiment.experiment import Experiment, Row
from storage.experiment_page import RowFilter

BLOCK: Final = 2_000


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


def _report(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> bytes:
    examples = [example for place, example in enumerate(_examples(space, experiment)) if place in set(summary.places)]
    uses = node_uses(space, experiment, view.stamp, summary.places)
    rows = _narrow(_rows(space, experiment), summary.places)
    page = report_html(experiment, summary.report, summary.results, examples=examples, rows=rows, nodes=uses)
    return page.encode()


def _lines(space: Workspace, experiment: Experiment) -> bytes:
    return b"".join(row_lines(experiment, _examples(space, experiment), _rows(space, experiment)))


def _rows(space: Workspace, experiment: Experiment) -> Iterator[Row]:
    """Yields every row, a block at a time."""
    offset, total = 0, 1
    while offset < total:
        page = space.storage.experiments.rows(experiment.id, RowFilter(), offset=offset, limit=BLOCK)
        yield from page.rows
        offset, total = offset + BLOCK, page.total


def _narrow(rows: Iterator[Row], places: tuple[int, ...]) -> Iterator[Row]:
    """Yields the rows of these examples, which are counted from 0 again."""
    new = {place: number for number, place in enumerate(places)}
    return (row.model_copy(update={"example": new[row.example]}) for row in rows if row.example in new)


def _examples(space: Workspace, experiment: Experiment) -> list[Example]:
    """Returns the examples in the order of the experiment; without their texts where the data set is gone."""
    columns = space.storage.experiments.examples(experiment.id)
    try:
        known = examples_of(space, experiment.data_set, experiment.data_version, experiment.data_hash)
    except NotFound:
        bare = zip(columns.ids, columns.tags, columns.groups, columns.difficulties, strict=True)
        return [
            Example(id=name, query="", tags=tags, group=group, difficulty=level) for name, tags, group, level in bare
        ]
    return [known[place] for place in space.storage.experiments.places(experiment.id)]

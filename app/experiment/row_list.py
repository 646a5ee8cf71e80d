"""The examples of an experiment as a table, those on which two pipelines differ first; one click shows both traces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st

from app.experiment.chart_stage import draw_pair
from app.experiment.summary import Summary, View
from app.experiment.trace_pair import draw_traces
from app.plain import plain
from app.state import show_row, shown_row
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import RouteloomError
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.results import STATUSES, Floats, Ints

PAGE_ROWS: Final = 50
SEEN_ROWS: Final = 8
"""The table scrolls, so that the chosen row shows under it without scrolling the page."""
QUESTION_CHARACTERS: Final = 200
COLUMNS: Final[dict[str, Any]] = {
    "question": st.column_config.TextColumn("Question", width=460),
    "reference": st.column_config.TextColumn("Reference", width=200),
    "tags": st.column_config.TextColumn("Tags", width=120),
    "id": st.column_config.TextColumn("Id", width=110),
}
Keep = Callable[[Floats, Floats], Any]
WAYS: Final[Mapping[str, Keep]] = {
    "They differ": lambda one, other: np.abs(other - one) > 0,
    "First better": lambda one, other: one > other,
    "Second better": lambda one, other: other > one,
    "Both wrong": lambda one, other: np.maximum(one, other) < 0.5,
    "Both right": lambda one, other: np.minimum(one, other) >= 0.5,
    "All": lambda one, _: np.ones(len(one), dtype=np.bool_),
}


def draw_row_list(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws the choice of rows, a page of them, and the chosen one."""
    del view
    st.fragment(_draw)(space, experiment, summary)


def _draw(space: Workspace, experiment: Experiment, summary: Summary) -> None:
    labels = list(summary.results.contenders)
    first, second = (0, min(1, len(labels) - 1)) if len(labels) < 3 else draw_pair(labels, "x:rows")
    found = _found(summary, first, second)
    if not len(found):
        st.info("No example is like that.", icon=":material/filter_alt_off:")
    else:
        _draw_page(space, experiment, summary, found, (first, second))
    _draw_chosen(space, experiment, (first, second))


def _found(summary: Summary, first: int, second: int) -> Ints:
    """Draws which examples are wanted and returns their places in the view, the largest difference first."""
    results = summary.results
    scores = results.matrix(results.score)
    one, other = scores[:, first], scores[:, second]
    ways = list(WAYS) if first != second else ["All", "Both wrong", "Both right"]
    names: dict[str, str] = {"Both wrong": "Wrong", "Both right": "Right"} if first == second else {}
    names |= {
        "First better": f"{results.contenders[first]} better",
        "Second better": f"{results.contenders[second]} better",
    }
    way = st.segmented_control(
        "Examples", [*ways, "Failed"], default=ways[0], key="x:rows:way", required=True,
        format_func=lambda name: plain(str(names.get(name, name)), 40), label_visibility="collapsed",
    )  # fmt: skip
    if way == "Failed":
        return np.unique(results.example[results.status == STATUSES.index("failed")])
    keep = WAYS[way](one, other)
    order = np.argsort(-np.nan_to_num(np.abs(other - one)), kind="stable")
    return np.asarray(order[keep[order]], dtype=np.int64)


def _draw_page(space: Workspace, experiment: Experiment, summary: Summary, found: Ints, pair: tuple[int, int]) -> None:
    pages = -(-len(found) // PAGE_ROWS)
    stamp = f"{experiment.id}:{pair}:{len(found)}:{int(found[0])}:{summary.results.n_rows}"
    number = 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.caption(f"{len(found):,} of {len(summary.places):,} examples. Click one to see what each pipeline did.")
        if pages > 1:
            st.space("stretch")
            number = int(st.number_input(f"Page of {pages:,}", 1, pages, 1, key=f"x:rows:page:{stamp}", width=150))
    shown = found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS].tolist()
    results = summary.results
    scores = results.matrix(results.score)
    examples = _examples(space, experiment, [summary.places[place] for place in shown])
    rows = [_cells(results.examples.ids[place], examples.get(summary.places[place])) for place in shown]
    numbers = {}
    for column, place in enumerate(dict.fromkeys(pair)):
        name = f"score {column}"
        numbers[name] = st.column_config.NumberColumn(results.contenders[place], format="%.2f", width=120)
        for row, example in zip(rows, shown, strict=True):
            row[name] = None if np.isnan(scores[example, place]) else float(scores[example, place])
    key = f"x:rows:{stamp}:{number}"
    st.dataframe(
        rows, column_config={**COLUMNS, **numbers}, hide_index=True, key=key,
        height=38 + 35 * min(len(rows), SEEN_ROWS),
        on_select=partial(_choose, key, [summary.places[place] for place in shown]), selection_mode="single-cell",
        column_order=["question", *numbers, "reference", "tags", "id"],
    )  # fmt: skip


def _choose(key: str, places: list[int]) -> None:
    """Takes the cell that was clicked."""
    cells = st.session_state[key].selection.cells
    if cells:
        show_row(places[cells[0][0]])


def _cells(name: str, example: Example | None) -> dict[str, Any]:
    if example is None:
        return {"id": name, "question": "", "reference": "", "tags": ""}
    question = " ".join(example.query[: QUESTION_CHARACTERS * 2].split())[:QUESTION_CHARACTERS]
    reference = " ".join(example.references[0][:QUESTION_CHARACTERS].split()) if example.references else ""
    return {"id": name, "question": question, "reference": reference, "tags": ", ".join(example.tags)}


def _examples(space: Workspace, experiment: Experiment, wanted: list[int]) -> dict[int, Example]:
    """Returns examples by their place in the experiment; none where their data set is gone."""
    stored = space.storage
    places = stored.experiments.places(experiment.id)
    try:
        found = stored.data_sets.at(experiment.data_set, [places[place] for place in wanted], experiment.data_version)
    except RouteloomError:
        return {}
    return dict(zip(wanted, found, strict=True))


def _draw_chosen(space: Workspace, experiment: Experiment, pair: tuple[int, int]) -> None:
    place = shown_row()
    if place is None or place >= len(space.storage.experiments.examples(experiment.id).ids):
        return
    example = _examples(space, experiment, [place]).get(place)
    draw_traces(space, experiment, place, example, tuple(dict.fromkeys(pair)))

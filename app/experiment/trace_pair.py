"""One example in two pipelines side by side: question and reference, answers, scores with reasons, routes, traces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.charts.waterfall import waterfall
from app.figure import BadgeColour, cost_text, duration_text
from app.plain import plain
from app.redraw import redraw
from app.state import show_row
from app.studio.past import draw_value
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.experiment.experiment import Experiment, Row, RowStatus
from storage.experiment_page import RowFilter

MOST_REPEATS: Final = 100
CHART: Final = {"displayModeBar": False}
STATUS: Final[dict[RowStatus, tuple[str, BadgeColour]]] = {
    "done": (":material/check_circle: done", "green"),
    "failed": (":material/error: failed", "red"),
    "budget": (":material/account_balance_wallet: stopped by the budget", "orange"),
    "cancelled": (":material/stop_circle: cancelled", "gray"),
    "no_answer": (":material/help: no answer", "orange"),
    "waiting": (":material/schedule: waiting", "gray"),
}


def draw_traces(
    space: Workspace, experiment: Experiment, place: int, example: Example | None, pair: Sequence[int]
) -> None:
    """Draws an example and what these pipelines did with it."""
    page = space.storage.experiments.rows(experiment.id, RowFilter(example=place), limit=MOST_REPEATS * 100)
    with st.container(border=True, key="x-traces"):
        _draw_question(space, experiment, place, example)
        repeat = _draw_repeat(experiment, place)
        for column, contender in zip(st.columns(len(pair)), pair, strict=True):
            rows = [row for row in page.rows if row.contender == contender and row.repeat == repeat]
            with column:
                st.markdown(f"**{plain(experiment.contenders[contender].label)}**")
                if rows:
                    _draw_row(space, rows[0])
                else:
                    st.caption("This row has not run yet.")


def _draw_question(space: Workspace, experiment: Experiment, place: int, example: Example | None) -> None:
    name = space.storage.experiments.examples(experiment.id).ids[place]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Example {plain(name)}**")
        if example is not None:
            for tag in (*example.tags, *([example.difficulty] if example.difficulty else [])):
                st.badge(plain(tag), color="gray")
        st.space("stretch")
        if st.button("", icon=":material/close:", key="x:traces:close", type="tertiary", help="Close"):
            show_row(None)
            redraw()
    if example is None:
        st.caption("The data set of this experiment is gone, so its question cannot be shown.")
        return
    question, reference = st.columns([2, 1])
    with question:
        draw_value("Question", example.as_query().text)
        for document in example.documents:
            with st.expander(plain(document.title or "Document", 80)):
                draw_value("Text", document.text)
    with reference:
        draw_value("Reference", "\n".join(example.references) or "none")


def _draw_repeat(experiment: Experiment, place: int) -> int:
    repeats = experiment.settings.repeats
    if repeats == 1:
        return 0
    number = st.number_input(f"Repeat of {repeats}", 1, repeats, 1, key=f"x:repeat:{place}", width=150)
    return int(number) - 1


def _draw_row(space: Workspace, row: Row) -> None:
    label, colour = STATUS[row.status]
    with st.container(horizontal=True, gap="small"):
        st.badge(label, color=colour)
        st.badge(duration_text(row.latency_s), icon=":material/timer:", color="gray")
        st.badge(plain(cost_text(row.list_cost_usd)), icon=":material/payments:", color="gray", help="List price")
        st.badge(f"{row.input_tokens:,} + {row.output_tokens:,}", icon=":material/data_object:", color="gray",
                 help="Tokens in and out")  # fmt: skip
        if row.cached_calls:
            st.badge(f"{row.cached_calls} of {row.calls} cached", icon=":material/bolt:", color="blue")
    for name, score in row.scores.items():
        side: BadgeColour = "green" if score.value >= 0.5 else "red"
        st.markdown(f":{side}[**{score.value:.2f}**] {plain(name)}: {plain(score.reason, 300) or 'no reason given'}")
    for name, sentence in row.score_errors.items():
        st.markdown(f":red[:material/error:] {plain(name)}: {plain(sentence, 300)}")
    if row.error:
        st.error(plain(row.error), icon=":material/error:")
    if row.answer is not None:
        draw_value("Answer", row.answer)
    if row.route:
        st.caption(f"Route: {plain(' → '.join(row.route), 300)}")
    if row.models:
        st.caption(f"Models: {plain(', '.join(row.models), 300)}")
    _draw_waterfall(space, row)


def _draw_waterfall(space: Workspace, row: Row) -> None:
    run = space.storage.runs.run(row.run_id) if row.run_id else None
    if run is None or not run.spans:
        st.caption("The trace of this row is not stored.")
        return
    dark = st.context.theme.type == "dark"
    st.plotly_chart(waterfall(run, dark=dark), key=f"x:trace:{run.id}", config=CHART, theme="streamlit")
    with st.expander("What each node gave", icon=":material/account_tree:"):
        for span in run.spans:
            st.caption(f"{plain(span.title or span.node_id)} · {span.status} · {duration_text(span.latency_s)}")
            if span.error or span.reason:
                st.markdown(plain(span.error or span.reason, 400))
            for port, value in (span.fired.ports if span.fired else {}).items():
                draw_value(port, value.as_text())

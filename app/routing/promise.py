"""What a table promises, before anything is trained on it: the headroom, in words, numbers and a picture."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.charts.look import chart_config
from app.charts.router_promise import router_promise
from app.figure import cost_text
from app.plain import plain
from app.routing.lesson import draw_lesson
from app.routing.table_shelf import TableEntry, prospect_of
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.routing.figures import Figure
from pipelines.routing.headroom import LEAST_SAVING
from pipelines.routing.prospect import Prospect

UNKNOWN: Final = "–"
HELP: Final = {
    "Best single": "The model with the highest mean score on these questions. Every router has to beat it.",
    "Oracle": "Mean over the questions of the best score of any model. It knows the answers, luck included.",
    "Headroom": "Oracle minus best single model: what routing can win at most. Percentile bootstrap over questions.",
    "By task alone": "Accuracy of the model that is best at each task (learned on other rows, five folds) minus that of"
    " the best single model. Source: the task-to-expert table of Composition of Experts.",
    "Cost saving": "Share of the best single model's cost that is saved by asking, for each question, the cheapest"
    " model that does no worse on it. An upper limit.",
}


def draw_promise(space: Workspace, entry: TableEntry) -> Prospect | None:
    """Draws the panel and returns what it shows; None where nothing in the table can be compared."""
    try:
        found = prospect_of(space, entry.reference)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    with st.container(border=True, key="r-promise"):
        st.subheader("Is routing worth it here?", anchor=False)
        _draw_answers(found)
        _draw_numbers(found)
        if found.warnings:
            st.caption(plain(" ".join(found.warnings)))
        with st.expander("The models", icon=":material/scatter_plot:", key="r-models"):
            dark = st.context.theme.type == "dark"
            figure = router_promise(found, dark=dark)
            st.plotly_chart(figure, key="r:models:chart", config=chart_config(f"{entry.card.name}-models"), theme=None)
        draw_lesson(space, entry, found)
    return found


def _draw_answers(found: Prospect) -> None:
    """Draws the answer for accuracy and that for cost, each beginning with its gist."""
    if found.is_too_small:
        st.warning(plain(found.sentences[0]), icon=":material/block:")
        return
    accuracy, *by_task, cost = map(plain, found.sentences)
    if not found.has_headroom:
        gist = "Too few rows to tell." if found.is_undecided else "No headroom for accuracy."
        st.warning(f"**{gist}** {accuracy}", icon=":material/block:")
    else:
        doubtful = found.task_gain.low is not None and found.task_gain.low <= 0
        gist = ":orange-badge[Accuracy: doubtful]" if doubtful else ":green-badge[Accuracy: possible]"
        st.markdown(" ".join((gist, accuracy, *by_task)))
    share = found.saving.value
    if share is None:
        gist = ":gray-badge[Cost: not known]"
    elif share < LEAST_SAVING:
        gist = ":red-badge[Cost: nothing to save]"
    else:
        gist = f":green-badge[Cost: up to {share:.0%} less]"
    st.markdown(f"{gist} {cost}")


def _draw_numbers(found: Prospect) -> None:
    saving = found.saving
    numbers = {
        "Best single": (figure_text(found.accuracy[found.best_single]), f"{found.best_single}, {_cost(found)}"),
        "Oracle": (figure_text(found.oracle), ""),
        "Headroom": (figure_text(found.headroom), interval_text(found.headroom)),
        "By task alone": (figure_text(found.task_gain, signed=True), interval_text(found.task_gain)),
        "Cost saving": (
            UNKNOWN if saving.value is None else f"{saving.value:.0%}",
            "" if saving.low is None or saving.high is None else f"{saving.low:.0%} to {saving.high:.0%}",
        ),
    }
    for column, (label, (value, below)) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        with column.container(gap=None):
            st.metric(label, value, help=HELP[label])
            st.caption(plain(below) if below else " ")


def _cost(found: Prospect) -> str:
    cost = found.cost_usd[found.best_single]
    return "cost unknown" if cost is None else f"{cost_text(cost * 1_000)} per 1,000"


def figure_text(figure: Figure, *, signed: bool = False) -> str:
    """Returns a figure with three digits."""
    return UNKNOWN if figure.value is None else f"{figure.value:+.3f}" if signed else f"{figure.value:.3f}"


def interval_text(figure: Figure) -> str:
    """Returns the interval of a figure, or nothing."""
    known = figure.low is not None and figure.high is not None
    return f"95 %: {figure.low:.3f} to {figure.high:.3f}" if known else ""

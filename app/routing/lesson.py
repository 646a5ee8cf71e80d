"""What routing can win and what it cannot, told by the numbers of the table at hand."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from app.plain import plain
from app.routing.table_shelf import TableEntry, table_of
from app.workspace import Workspace
from pipelines.outcome.coverage import comparable
from pipelines.record import Record
from pipelines.routing.prospect import Prospect

MOST_PRICE: Final = 0.5
"""Share of the cost of the best single model from which on another one is cheap."""


class Lesson(Record):
    """Says where the best single model leads, and where a cheaper one does as well.

    Attributes:
        tasks: how many there are; the best single model is the best at `led` of them.
        cheaper: of the models at half its cost or less that which does no worse most often; None if there is none.
        as_good: share of the questions on which that one does no worse.
        price: its cost as a share of that of the best single model.
    """

    tasks: int
    led: int
    cheaper: str | None = None
    as_good: float = 0.0
    price: float = 0.0


@st.cache_resource(max_entries=16, show_spinner=False)
def lesson_of(_space: Workspace, reference: str, best_single: str) -> Lesson:
    """Returns what a table teaches, on the rows that all of its comparable models were asked."""
    table = table_of(_space, reference)
    whole = comparable(table, table)[1]
    single = whole.models.index(best_single)
    names, labels = np.unique(np.array(whole.tasks, dtype=np.str_), return_inverse=True)
    means = np.stack([whole.score[labels.reshape(-1) == place].mean(axis=0) for place in range(len(names))])
    told = Lesson(tasks=len(names), led=int((means[:, single] >= means.max(axis=1)).sum()))
    if np.isnan(whole.cost_usd).any():
        return told
    prices = whole.cost_usd.mean(axis=0) / max(float(whole.cost_usd[:, single].mean()), 1e-12)
    shares = np.where(prices <= MOST_PRICE, (whole.score >= whole.score[:, [single]]).mean(axis=0), -1.0)
    best = int(shares.argmax())
    if shares[best] < 0:
        return told
    found = {"cheaper": whole.models[best], "as_good": float(shares[best]), "price": float(prices[best])}
    return told.model_copy(update=found)


def draw_lesson(space: Workspace, entry: TableEntry, found: Prospect) -> None:
    """Draws the three ways of winning, each with what it comes to on this table."""
    told = lesson_of(space, entry.reference, found.best_single)
    best = plain(found.best_single)
    with st.expander("What routing can win, and what it cannot", icon=":material/school:", key="r-lesson"):
        leads = f" Here {best} is the best at {told.led} of {told.tasks} tasks." if told.tasks > 1 else ""
        st.markdown(
            "**Accuracy** is won where models are good at different things and the question shows it."
            f"{leads} Where one model leads nearly everywhere, as among strong models, a router for accuracy alone"
            " hardly beats it: part of the lead of the oracle is luck, which no question tells beforehand."
        )
        often = ""
        if told.cheaper is not None:
            often = f" Here {plain(told.cheaper)}, at {told.price:.0%} of its cost, does so on {told.as_good:.0%}."
        st.markdown(f"**Money** is saved where a cheaper model does no worse than {best}.{often}")
        st.markdown(
            "**Several answers** to one question win where routing cannot: a *cascade* asks a cheap model first and a"
            " dear one only where answers disagree; a *weighted vote* lets several answer. Train routers, then look at"
            " **Together**."
        )

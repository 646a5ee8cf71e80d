"""What routing can win and what it cannot, told by the numbers of the table at hand."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.plain import plain
from app.routing.table_shelf import TableEntry, table_of
from app.workspace import Workspace
from pipelines.outcome.coverage import comparable
from pipelines.record import Record
from pipelines.routing.prospect import Prospect


class Lesson(Record):
    """Says where the best single model leads, and where a cheaper one does as well.

    Attributes:
        tasks: how many there are; the best single model is the best at `led` of them.
        as_good: share of the questions on which some cheaper model does no worse; None where costs are not known.
    """

    tasks: int
    led: int
    as_good: float | None


@st.cache_resource(max_entries=16, show_spinner=False)
def lesson_of(_space: Workspace, reference: str, best_single: str) -> Lesson:
    """Returns what a table teaches, on the rows that all of its comparable models were asked."""
    table = table_of(_space, reference)
    whole = comparable(table, table)[1]
    single = whole.models.index(best_single)
    names, labels = np.unique(np.array(whole.tasks, dtype=np.str_), return_inverse=True)
    means = np.stack([whole.score[labels.reshape(-1) == place].mean(axis=0) for place in range(len(names))])
    as_good = None
    if not np.isnan(whole.cost_usd).any():
        cheaper = whole.cost_usd.mean(axis=0) < whole.cost_usd[:, single].mean()
        others = whole.score[:, cheaper].max(axis=1, initial=-np.inf)
        as_good = float((others >= whole.score[:, single]).mean())
    return Lesson(tasks=len(names), led=int((means[:, single] >= means.max(axis=1)).sum()), as_good=as_good)


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
        often = "" if told.as_good is None else f" Here some cheaper one does so on {told.as_good:.0%} of questions."
        st.markdown(f"**Money** is saved where a cheaper model does no worse than {best}.{often}")
        st.markdown(
            "**Several answers** to one question win where routing cannot: a *cascade* asks a cheap model first and a"
            " dear one only where answers disagree; a *weighted vote* lets several answer. Train routers, then look at"
            " **Together**."
        )

"""The page of routers: is routing worth it on a table, training, curves, and the trained routers."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.charts.warm import ready
from app.plain import plain
from app.routing.promise import draw_promise
from app.routing.saved import draw_saved
from app.routing.table_choice import draw_table_choice
from app.routing.table_shelf import table_of
from app.routing.under_way import draw_training
from app.state import session, workspace

PARTS: Final = ("Train on a table", "Trained routers")
ABOUT: Final = (
    "A router learns from recorded outcomes which model to ask. First see whether that is worth it on your questions:"
    " on strong models it often saves money and seldom adds accuracy."
)


def draw() -> None:
    """Draws the page."""
    ready()
    with st.container(key="routers"):
        st.header("Routers", anchor=False)
        st.caption(ABOUT)
        if session().notice:
            st.info(plain(str(session().notice)), icon=":material/info:")
            session().notice = None
        part = st.segmented_control(
            "Part", PARTS, default=PARTS[0], key="routers:part", required=True, label_visibility="collapsed"
        )
        if part == PARTS[1]:
            draw_saved(workspace())
        else:
            _draw_table()


def _draw_table() -> None:
    space = workspace()
    entry = draw_table_choice(space)
    if entry is None:
        return
    prospect = draw_promise(space, entry)
    if prospect is not None:
        draw_training(space, entry, table_of(space, entry.reference), prospect)

"""The choice of an outcome table, with what is known of it."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from app.routing.fill_form import draw_fill
from app.routing.fill_progress import draw_filling
from app.routing.table_import import draw_import
from app.routing.table_shelf import TableEntry, table_entries
from app.state import show_table, shown_table
from app.workspace import Workspace

NO_TABLE = "There is no outcome table yet. Import recorded outcomes, or run an experiment with several models."


def draw_table_choice(space: Workspace) -> TableEntry | None:
    """Draws the choice and returns the chosen table; None where there is none."""
    entries = table_entries(space)
    names = list(entries)
    wanted = shown_table()
    if not names:
        st.info(NO_TABLE, icon=":material/table_view:")

    def label(name: str) -> str:
        card = entries[name].card
        kept = f"version {entries[name].version}" if entries[name].version else "comes with Routeloom"
        return f"{entries[name].title} · {card.n_queries:,} questions × {len(card.models)} models · {kept}"

    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = names.index(wanted) if wanted in entries else 0
        # The key follows the address, so that an import or a link changes what is chosen, and the version, so that a
        # new one is told.
        key = f"routers:table:{wanted}:{entries[wanted].version}" if wanted in entries else "routers:table:"
        chosen = st.selectbox("Outcome table", names, place, label, key=key)
        if st.button("Import outcomes", icon=":material/upload_file:", key="routers:import"):
            draw_import(space)
    if chosen is None:
        return None
    if chosen != wanted:
        show_table(chosen)
        # Else the page would still show the box of the old address, and the next choice in it would be lost.
        st.rerun()
    _draw_about(space, entries[chosen])
    return entries[chosen]


def _draw_about(space: Workspace, entry: TableEntry) -> None:
    card = entry.card
    about = [f"{title}: {plain(text)}" for title, text in (("Source", card.source), ("Licence", card.licence)) if text]
    if about:
        st.caption(" · ".join(about))
    draw_filling(space, entry)
    job = space.fillings.of(card.name)
    if card.missing and (job is None or job.status != "running"):
        with st.container(horizontal=True, vertical_alignment="center"):
            cells = card.n_queries * len(card.models)
            have = "has" if card.missing == 1 else "have"
            told = f"{card.missing:,} of {cells:,} cells {have} no score ({card.missing / cells:.0%})."
            st.caption(told, width="content")
            if st.button("Fill missing cells", icon=":material/grid_on:", key="routers:fill", type="tertiary"):
                draw_fill(space, entry)

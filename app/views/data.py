"""The page of data: data sets with their rows and versions, and sets of documents."""

from __future__ import annotations

import streamlit as st

from app.data.bench import choose_version, draw_data_set
from app.data.document_shelf import draw_documents
from app.data.importing import draw_import
from app.plain import plain
from app.state import session, workspace
from app.workspace import Workspace

ABOUT = (
    "A data set is a list of questions with what is known of their right answers. Pipelines are compared on one, and"
    " routers learn from one."
)


def draw() -> None:
    """Draws the page."""
    with st.container(key="data"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Data", anchor=False)
            st.space("stretch")
            if st.button("Import data", icon=":material/upload_file:", key="data:import", type="primary"):
                draw_import(workspace())
        if session().notice:
            st.info(plain(str(session().notice)), icon=":material/info:")
            session().notice = None
        sets, documents = st.tabs(["Data sets", "Documents"])
        with sets:
            _draw_sets(workspace())
        with documents:
            draw_documents(workspace())


def _draw_sets(space: Workspace) -> None:
    infos = {info.name: info for info in space.storage.data_sets.list()}
    state = session()
    st.caption(ABOUT)
    if all(info.shipped for info in infos.values()):
        st.info(
            "You have no data set of your own yet. Press **Import data** and choose a CSV, JSON Lines or Parquet file,"
            " or paste a table.",
            icon=":material/table_view:",
        )
    if not infos:
        return
    names = list(infos)
    place = names.index(state.data_set) if state.data_set in infos else 0

    def label(name: str) -> str:
        info = infos[name]
        kept = "comes with Routeloom" if info.shipped else f"version {info.version}"
        return f"{info.title or name} · {info.examples:,} rows · {kept}"

    left, right = st.columns(2)
    with left:
        chosen = st.selectbox("Data set", names, place, label, key=f"data:set:{state.data_generation}")
    state.data_set = chosen
    with right:
        version = choose_version(space, infos[chosen])
    draw_data_set(space, infos[chosen], version)

"""The dialog that imports recorded outcomes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from app.plain import plain
from app.state import session, show_table
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.outcome.folder import OUTCOMES, PRICES, QUERIES, read_folder
from pipelines.outcome.table import OutcomeTable
from storage.reference import slug_of

FILES = {name for base in (QUERIES, OUTCOMES, PRICES) for name in (base, f"{base}.gz")}


@st.dialog("Import outcomes", width="large")
def draw_import(space: Workspace) -> None:
    """Draws the way from files to a stored table."""
    st.caption(
        f"The files {QUERIES} (qid, query, and if known task and group) and {OUTCOMES} (qid, model, score, and if known"
        f" cost_usd, in_tok, out_tok), packed with gzip or not; with {PRICES} costs follow from tokens."
    )
    files = st.file_uploader("Files", accept_multiple_files=True, key="outcomes:files")
    name = st.text_input("Name", key="outcomes:name", max_chars=80, placeholder="my-outcomes")
    licence = st.text_input("Licence (if known)", key="outcomes:licence", max_chars=200)
    if not files:
        return
    try:
        table = _read({file.name: file.getvalue() for file in files})
        st.write(f"{table.n_queries:,} questions × {len(table.models)} models.")
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if st.button("Import", key="outcomes:take", type="primary", icon=":material/check:", disabled=not name.strip()):
        slug = slug_of(name)
        version = space.storage.outcome_tables.put(table, slug, title=name.strip(), licence=licence.strip())
        session().notice = f"'{slug}' has {table.n_queries:,} questions (version {version})."
        show_table(slug)
        st.rerun()


def _read(files: dict[str, bytes]) -> OutcomeTable:
    """Returns the table of uploaded files; only files of the format are written, under their fixed names.

    Raises:
        DocumentError: naming the file, the line and what is wrong with it.
    """
    with TemporaryDirectory() as place:
        for name in FILES & set(files):
            (Path(place) / name).write_bytes(files[name])
        return read_folder(Path(place), name="imported")

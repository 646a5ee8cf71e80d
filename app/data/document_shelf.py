"""The sets of documents on the page of data: those stored and shipped, new ones from files, and their removal."""

from __future__ import annotations

import streamlit as st

from app.form.documents import MAX_FILE_MB, read_documents
from app.library import shipped_documents
from app.plain import plain
from app.state import session
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.value import Document

PREVIEW_CHARACTERS = 1_500


def draw_documents(space: Workspace) -> None:
    """Draws the sets and what makes a new one."""
    st.caption("Retrievers and long contexts consult sets of documents. Choose one by its name in such a node.")
    _draw_new(space)
    stored = {info.name for info in space.storage.documents.list()}
    for name in space.library.document_sets():
        documents = space.library.documents(name)
        characters = sum(len(document.text) for document in documents)
        kept = "" if name in stored else " · comes with Routeloom"
        with st.expander(f"{plain(name)} · {len(documents):,} documents · {characters:,} characters{kept}"):
            _draw_set(space, name, documents, removable=name in stored)
    if not stored and not shipped_documents():
        st.info("There are no documents yet. Upload some text files.", icon=":material/description:")


def _draw_set(space: Workspace, name: str, documents: tuple[Document, ...], *, removable: bool) -> None:
    titles = [f"{number}. {document.title}" for number, document in enumerate(documents, start=1)]
    if documents:
        place = st.selectbox("Document", range(len(titles)), 0, lambda n: titles[n], key=f"documents:look:{name}")
        text = documents[place].text
        rest = f"\n… and {len(text) - PREVIEW_CHARACTERS:,} more characters" if len(text) > PREVIEW_CHARACTERS else ""
        st.code(text[:PREVIEW_CHARACTERS] + rest, language=None, wrap_lines=True)
    if removable and st.button("Remove the set", icon=":material/delete:", key=f"documents:remove:{name}"):
        space.storage.documents.delete(name)
        session().notice = f"The document set '{name}' is removed; pipelines that name it will say so."
        st.rerun()


def _draw_new(space: Workspace) -> None:
    with st.form("documents:new", clear_on_submit=True, border=True):
        name = st.text_input("New set", max_chars=120, placeholder="Annual reports", key="documents:name")
        files = st.file_uploader(
            "Text files",
            type=["txt", "md"],
            accept_multiple_files=True,
            max_upload_size=MAX_FILE_MB,
            key="documents:files",
        )
        if not st.form_submit_button("Make the set", icon=":material/add:", key="documents:make"):
            return
    if not name.strip() or not files:
        st.warning("A set needs a name and at least one file.", icon=":material/info:")
        return
    try:
        documents = read_documents([(file.name, file.getvalue()) for file in files])
        made = space.storage.documents.create(name.strip(), documents)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    session().notice = f"The document set '{made.name}' has {made.documents:,} documents."
    st.rerun()

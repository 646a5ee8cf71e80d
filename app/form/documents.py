"""The widget of a document set: choose one, or make one of uploaded files."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import streamlit as st

from app.form.choice import AddDocuments, Choices, Replaced
from app.form.spec import FieldSpec
from app.plain import plain
from pipelines.error import DocumentError, RouteloomError
from pipelines.value import Document

MAX_FILE_MB = 20


def document_set_widget(field: FieldSpec, value: Any, key: str, choices: Choices) -> Any:
    """Chooses a document set, or none."""
    known = (None, *choices.document_sets)
    offered = list(known) if value in known else [*known, value]

    def title(place: int) -> str:
        option = offered[place]
        if option is None:
            return "The documents of the question"
        return str(option) if option in known else f"{option} (not available)"

    # Places stand for the options: Streamlit takes None for "nothing chosen", and it is an option here.
    places = range(len(offered))
    chosen = offered[st.selectbox(field.title, places, offered.index(value), title, key=key, help=field.help or None)]
    if choices.add_documents is None:
        return chosen
    added = _upload(key, choices.add_documents)
    return Replaced(added) if added else chosen


def read_documents(files: list[tuple[str, bytes]]) -> tuple[Document, ...]:
    """Returns a document for each (file name, content), named after the file.

    Raises:
        DocumentError: if a file is not a text in UTF-8, or empty.
    """
    found = []
    for name, content in files:
        try:
            text = content.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise DocumentError(f"The file '{name}' is not a text in UTF-8; upload .txt or .md files.") from None
        if not text:
            raise DocumentError(f"The file '{name}' is empty.")
        found.append(Document(title=PurePath(name).stem[:500], text=text))
    return tuple(found)


def _upload(key: str, add: AddDocuments) -> str | None:
    """Offers to make a new set and returns its name once it is made."""
    with st.popover("New set from files", icon=":material/upload_file:", key=f"{key}:new"):
        name = st.text_input("Name of the set", key=f"{key}:name", max_chars=120, placeholder="Annual reports")
        files = st.file_uploader(
            "Text files",
            type=["txt", "md"],
            accept_multiple_files=True,
            key=f"{key}:files",
            max_upload_size=MAX_FILE_MB,
        )
        if not st.button("Make the set", key=f"{key}:make", type="primary", disabled=not (files and name.strip())):
            return None
        try:
            return add(name.strip(), read_documents([(file.name, file.getvalue()) for file in files]))
        except RouteloomError as error:
            st.error(plain(str(error)))
            return None

"""The form that says what the columns of a table mean."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pipelines.data.mapping import ColumnMapping

LEAST_GUESSED = ("documents", "document_title", "id", "group", "difficulty", "tags")


def draw_mapping(columns: tuple[str, ...], guess: ColumnMapping, key: str) -> ColumnMapping:
    """Draws a choice of columns for each meaning, filled with the guess, and returns what is chosen."""
    options = list(columns)
    question, answers, choices = st.columns(3)
    with question:
        query = st.selectbox("Question", options, options.index(guess.query), key=f"{key}:query", required=True)
    with answers:
        references = st.multiselect(
            "Right answers", options, list(guess.references), key=f"{key}:references", placeholder="None",
            help="The main one first. Without one, only scorers that need none can judge.",
        )  # fmt: skip
    with choices:
        chosen = st.multiselect(
            "Choices", options, list(guess.choices), key=f"{key}:choices", placeholder="None",
            help="One column with a list, or a column for each choice; the answer becomes a letter.",
        )  # fmt: skip
    with st.expander("Documents, tags, id, group, difficulty", expanded=any(getattr(guess, n) for n in LEAST_GUESSED)):
        rest = _draw_rest(options, guess, key)
    told = {"query": query, "references": references, "choices": chosen, **rest}
    mapping = ColumnMapping.model_validate({**told, "separator": rest["separator"] or None})
    extra = tuple(name for name in columns if name not in mapping.columns())
    return mapping.model_copy(update={"extra": extra})


def _draw_rest(options: list[str], guess: ColumnMapping, key: str) -> dict[str, Any]:
    documents, tags, separator = st.columns(3)
    with documents:
        of_documents = st.multiselect("Documents", options, list(guess.documents), key=f"{key}:documents")
    with tags:
        of_tags = st.multiselect("Tags", options, list(guess.tags), key=f"{key}:tags")
    with separator:
        between = st.text_input(
            "Between several answers", guess.separator or "", key=f"{key}:separator", placeholder="one answer a cell"
        )
    found: dict[str, Any] = {"documents": of_documents, "tags": of_tags, "separator": between}
    titles = {"id": "Id", "group": "Group", "difficulty": "Difficulty", "document_title": "Document title"}
    for column, (name, title) in zip(st.columns(len(titles)), titles.items(), strict=True):
        with column:
            wanted = getattr(guess, name)
            place = options.index(wanted) if wanted in options else None
            found[name] = st.selectbox(title, options, place, key=f"{key}:{name}", placeholder="None")
    return found

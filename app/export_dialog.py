"""The dialog that gives a pipeline out as a document, a drawing, a picture or a program."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.export import MIME_TYPES, SUFFIXES, Exported, Form, export_document, export_program
from app.plain import plain
from app.state import workspace
from pipelines.document import Pipeline
from pipelines.error import RouteloomError
from pipelines.exchange.refusal import ExportRefused

LABELS: Final[dict[Form, str]] = {
    "json": "Document",
    "python": "Python",
    "svg": "SVG",
    "png": "PNG",
    "mermaid": "Mermaid",
}
ABOUT: Final[dict[Form, str]] = {
    "json": "The pipeline itself: it can be imported again, here or elsewhere.",
    "python": "A program of its own that needs only LangGraph and LiteLLM, and gives the same answers.",
    "svg": "A picture that stays sharp at every size, light or dark as its reader likes.",
    "png": "A picture for slides and chats.",
    "mermaid": "A drawing as text, for README files and wikis.",
}


@st.dialog("Export")
def draw_export(pipeline: Pipeline, slug: str) -> None:
    """Draws the choice of the form and the button that downloads the file."""
    form: Form = st.segmented_control(
        "Form", list(LABELS), default="json", format_func=LABELS.__getitem__, key=f"export:form:{slug}", required=True
    )
    st.caption(ABOUT[form])
    try:
        found = _program(pipeline, slug) if form == "python" else export_document(pipeline, form)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if found is None:
        return
    for sentence in found.notes:
        st.warning(plain(sentence), icon=":material/info:")
    st.download_button(
        "Download",
        data=found.body,
        file_name=f"{slug}.{SUFFIXES[form]}",
        mime=MIME_TYPES[form],
        icon=":material/download:",
        type="primary",
        key=f"export:file:{slug}:{form}",
        on_click="ignore",
    )


def _program(pipeline: Pipeline, slug: str) -> Exported | None:
    """Returns the program, or None where it would not be exact and nobody has asked for it all the same."""
    try:
        return export_program(workspace(), pipeline)
    except ExportRefused as error:
        for reason in error.reasons:
            st.error(plain(reason), icon=":material/block:")
        label = "Export it all the same, as near as possible"
        if not error.lossy_helps or not st.checkbox(label, key=f"export:lossy:{slug}"):
            return None
    return export_program(workspace(), pipeline, lossy=True)

"""The dialog that imports a data set: a file, a pasted table or a name on the hub; then meaning, preview and name."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import streamlit as st

from app.data.mapping_form import draw_mapping
from app.data.take import data_name, put_data
from app.plain import plain
from app.state import choose_data_set, session
from app.workspace import Workspace
from pipelines.data.hub import fetch_hub
from pipelines.data.intake import Source, open_source, read_source
from pipelines.data.mapping import ColumnMapping
from pipelines.data.problem import ReadReport
from pipelines.data.text import LARGEST_FILE_BYTES
from pipelines.error import RouteloomError
from pipelines.readers import reader_kinds

PREVIEW_ROWS: Final = 20
TOLD_PROBLEMS: Final = 5
ENCODINGS: Final = ("utf-8", "cp1252", "latin-1", "utf-16", "shift_jis", "gb18030")
WAYS: Final = ("File", "Paste", "Hugging Face")


@st.dialog("Import data", width="large")
def draw_import(space: Workspace) -> None:
    """Draws the dialog."""
    draw_import_form(space)


def draw_import_form(space: Workspace) -> None:
    """Draws the way from a file to a stored data set."""
    way = st.segmented_control("From", WAYS, default="File", key="import:way", required=True)
    try:
        content, name = _draw_origin(space, way)
        if content:
            _draw_content(space, content, name, way)
        else:
            titles = ", ".join(cls.title for cls in reader_kinds().values())
            st.caption(f"The format is recognised by itself: {titles}.")
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _draw_origin(space: Workspace, way: str) -> tuple[bytes, str]:
    if way == "Paste":
        text = st.text_area(
            "Table", key="import:text", height=170,
            placeholder="question,answer\nWhat is 2 + 2?,4\n\nCSV, cells of a spreadsheet, Markdown or JSON",
        )  # fmt: skip
        return text.strip("\n").encode("utf-8", "replace"), ""
    if way == "Hugging Face":
        return _draw_hub(space)
    file = st.file_uploader("File", key="import:file", max_upload_size=LARGEST_FILE_BYTES // 1_000_000)
    return (file.getvalue(), file.name) if file else (b"", "")


def _draw_hub(space: Workspace) -> tuple[bytes, str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            "Name on the hub", key="import:hub", placeholder="openai/gsm8k:main#test", help="OWNER/NAME:CONFIG#SPLIT"
        )
        if st.button("Fetch", icon=":material/download:", key="import:fetch", disabled=not wanted.strip()):
            with st.spinner("Asking the hub …"):
                session().fetched = fetch_hub(wanted.strip(), space.config.allowed_hosts)
    return session().fetched or (b"", "")


def _draw_content(space: Workspace, content: bytes, name: str, way: str) -> None:
    stamp = hashlib.sha256(content).hexdigest()[:12]
    with st.container(horizontal=True):
        encoding = None
        if way == "File":
            encoding = st.selectbox("Encoding", ENCODINGS, key=f"import:encoding:{stamp}", width=160)
        recognised = open_source(content, name, encoding=encoding)
        kinds = list(reader_kinds())
        kind = st.selectbox(
            "Format", kinds, kinds.index(recognised.kind), lambda found: reader_kinds()[found].title,
            key=f"import:kind:{stamp}", help="Recognised by itself; change it if it is another one.",
        )  # fmt: skip
    source = recognised if kind == recognised.kind else open_source(content, name, kind=kind, encoding=encoding)
    mapping = draw_mapping(source.columns, source.guess(), f"import:{stamp}:{kind}") if source.mapped else None
    preview = read_source(source, mapping, collect=True, limit=PREVIEW_ROWS)
    _draw_preview(preview)
    _draw_taking(space, source, mapping, way)


def _draw_preview(report: ReadReport) -> None:
    for problem in report.problems[:TOLD_PROBLEMS]:
        st.warning(plain(str(problem)), icon=":material/error:")
    if not report.examples:
        st.caption("None of the first rows can be used like this.")
        return
    rows: list[dict[str, Any]] = [
        {
            "Question": example.query,
            "Right answers": " | ".join(example.references),
            "Choices": " | ".join(example.choices),
            "Tags": ", ".join(example.tags),
            "Group": example.group or "",
            "Documents": len(example.documents) or None,
            "Id": example.id,
        }
        for example in report.examples
    ]
    used = [name for name in rows[0] if any(row[name] for row in rows)]
    height = min(38 + 35 * len(rows), 248)
    st.dataframe(rows, column_order=used, hide_index=True, height=height, key="import:preview")
    st.caption(f"The first {len(rows)} rows as they will be.")


def _draw_taking(space: Workspace, source: Source, mapping: ColumnMapping | None, way: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        proposed = data_name(source.name) if source.name else "pasted"
        name = st.text_input("Name", proposed, 100, key=f"import:name:{source.name}").strip()
        skip = st.checkbox("Leave out rows with problems", key="import:skip")
        pressed = st.button("Import", icon=":material/check:", key="import:take", type="primary", disabled=not name)
    known = {info.name: info for info in space.storage.data_sets.list() if not info.shipped}
    if name in known:
        st.caption(f"There is '{plain(name)}' already; the import becomes its version {known[name].version + 1}.")
    if not pressed:
        return
    with st.spinner("Reading …"):
        report = read_source(source, mapping, collect=skip)
        origin = f"Imported from {source.name}" if source.name else "Pasted"
        where = "Hugging Face" if way == "Hugging Face" else ""
        made = put_data(space.storage, name, report.examples, source=where, message=origin)
    session().fetched = None
    left_out = f" {report.skipped:,} were left out: {'; '.join(map(str, report.problems[:3]))}."
    choose_data_set(made.name, f"'{made.name}' has {made.examples:,} rows.{left_out if report.skipped else ''}")

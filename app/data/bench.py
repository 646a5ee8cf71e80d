"""One data set on the page: what it is, its versions, its rows, and what can be done with it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.data.dividing import draw_dividing
from app.data.row_table import draw_rows, draw_search
from app.experiment.draft import Draft
from app.plain import plain
from app.state import choose_data_set, go_to_making, session
from app.workspace import Workspace
from pipelines.data.export import DataFormat, exported
from pipelines.error import RouteloomError
from storage.data_set_info import DataSetInfo, DataVersionInfo

MIME_TYPES = {"jsonl": "application/jsonl", "csv": "text/csv"}
TITLES: dict[DataFormat, str] = {"jsonl": "JSON Lines", "csv": "CSV"}


def draw_data_set(space: Workspace, info: DataSetInfo, version: int) -> None:
    """Draws a version of a data set."""
    about = [plain(text) for text in (info.description, f"Source: {info.source}" if info.source else "") if text]
    if info.licence:
        about.append(plain(f"Licence: {info.licence}"))
    if about:
        st.caption(" · ".join(about))
    if version != info.version:
        _offer_old(space, info, version)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search, offset, found = draw_search(space, info, version)
        st.space("stretch")
        _draw_actions(space, info, version)
    draw_rows(space, info, version, search, offset, found)


def choose_version(space: Workspace, info: DataSetInfo) -> int:
    """Draws the choice of a version, the current one first."""
    versions = {version.number: version for version in space.storage.data_sets.versions(info.name)}
    key = f"data:version:{info.name}:{info.version}"
    words = {number: _version_words(version) for number, version in versions.items()}
    return st.selectbox("Version", list(versions), 0, words.__getitem__, key=key)


def _version_words(version: DataVersionInfo) -> str:
    parts = (f"{version.number}", f"{version.created_at:%Y-%m-%d %H:%M}", f"{version.examples:,} rows", version.message)
    return " · ".join(part for part in parts if part)


def _draw_actions(space: Workspace, info: DataSetInfo, version: int) -> None:
    told = "Compare pipelines on its current version"
    if st.button("New experiment", icon=":material/science:", key="data:experiment", help=told):
        go_to_making(Draft(data_set=info.name))
    if st.button("Split or sample", icon=":material/call_split:", key="data:divide"):
        draw_dividing(space, info, version)
    with st.popover("Download", icon=":material/download:", key="data:download"):
        for form, title in TITLES.items():
            st.download_button(
                title,
                data=partial(_file, space, info.name, version, form),
                file_name=f"{info.name}.{form}",
                mime=MIME_TYPES[form],
                key=f"data:download:{form}",
                on_click="ignore",
            )
    if not info.shipped:
        with st.popover("Delete", icon=":material/delete:", key="data:delete"):
            st.write(f"All {info.version} versions of {plain(info.name)} will be gone.")
            if st.button("Delete it", key="data:delete:sure", type="primary"):
                space.storage.data_sets.delete(info.name)
                choose_data_set(None, f"'{info.name}' is deleted.")


def _offer_old(space: Workspace, info: DataSetInfo, version: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"This is an old version; {info.version} is the current one. Old versions cannot be changed.")
        if not info.shipped and st.button("Make it the current one again", key="data:restore"):
            try:
                old = space.storage.data_sets.get(info.name, version)
                made = space.storage.data_sets.put(old, message=f"As version {version} was")
                choose_data_set(made.name, f"Version {made.version} has the rows of version {version}.")
            except RouteloomError as error:
                session().notice = str(error)
                st.rerun()


def _file(space: Workspace, name: str, version: int, form: DataFormat) -> bytes:
    return b"".join(exported(space.storage.data_sets.get(name, version).examples, form))

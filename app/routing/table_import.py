"""The dialog that makes an outcome table: of files in any known format, or of an experiment that was run here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast, get_args

import streamlit as st

from app.outcome.experiment_table import Columns, from_experiment
from app.plain import plain
from app.state import session, show_table
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.outcome.folder import OUTCOMES, PRICES, QUERIES, read_folder
from pipelines.outcome.gathering import GatherRule, Repetition, ScoreScale
from pipelines.outcome.importers import importer_kinds
from pipelines.outcome.intake import FOLDER, Import, import_outcomes
from pipelines.outcome.price import priced, read_prices
from pipelines.outcome.table import OutcomeTable
from storage.reference import slug_of

WAYS: Final = ("Files", "An experiment")
OWN: Final = {name for base in (QUERIES, OUTCOMES, PRICES) for name in (base, f"{base}.gz")}
TOLD_PROBLEMS: Final = 5
SCALES: Final[dict[ScoreScale, str]] = {
    "as_is": "They are 0 to 1", "clip": "Cut off outside 0 to 1", "stretch": "Stretch lowest to highest",
}  # fmt: skip


@st.dialog("Import outcomes", width="large")
def draw_import(space: Workspace) -> None:
    """Draws the dialog."""
    draw_import_form(space)


def draw_import_form(space: Workspace) -> None:
    """Draws the way from recorded outcomes to a stored table."""
    way = st.segmented_control("From", WAYS, default=WAYS[0], key="outcomes:way", required=True)
    try:
        table, proposed, source = _draw_files() if way == WAYS[0] else _draw_experiment(space)
        if table is not None:
            _draw_taking(space, table, proposed, source)
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _draw_files() -> tuple[OutcomeTable | None, str, str]:
    files = st.file_uploader("Files", accept_multiple_files=True, key="outcomes:files")
    if not files:
        titles = ", ".join(cls.title for cls in importer_kinds().values())
        st.caption(
            plain(
                f"The format is recognised by itself: {titles}; or {QUERIES} with {OUTCOMES}, packed or not. With"
                f" {PRICES} (model, usd_per_1m_in, usd_per_1m_out) costs follow from tokens."
            )
        )
        return None, "", ""
    with st.expander("Scores and repetitions", icon=":material/tune:"):
        scale = st.selectbox("Scores", list(SCALES), 0, SCALES.__getitem__, key="outcomes:scale")
        repetition = st.selectbox("A cell that comes twice", get_args(Repetition), key="outcomes:repetition")
        collect = st.checkbox("Leave out rows with problems", key="outcomes:collect")
    rule = GatherRule(scale=scale, repetition=repetition)
    found = _read({file.name: file.getvalue() for file in files}, rule, collect=collect)
    for problem in found.problems[:TOLD_PROBLEMS]:
        st.warning(plain(str(problem)), icon=":material/error:")
    if found.note:
        st.caption(plain(found.note))
    return found.table, Path(files[0].name).name.partition(".")[0], f"Imported from {files[0].name}"


def _read(files: dict[str, bytes], rule: GatherRule, *, collect: bool) -> Import:
    """Returns what uploaded files hold; those of our own format are written under their fixed names only.

    Raises:
        DocumentError: naming the file, the line and what is wrong with it.
    """
    with TemporaryDirectory() as place:
        for name in OWN & set(files):
            (Path(place) / name).write_bytes(files[name])
        if {QUERIES, f"{QUERIES}.gz"} & set(files):
            return Import(read_folder(Path(place), name="imported"), FOLDER)
        rest = [(name, content) for name, content in files.items() if name != PRICES]
        found = import_outcomes(rest, "imported", rule=rule, collect=collect)
        if PRICES in files:
            return replace(found, table=priced(found.table, read_prices(Path(place) / PRICES)))
        return found


def _draw_experiment(space: Workspace) -> tuple[OutcomeTable | None, str, str]:
    infos = {info.id: info for info in space.storage.experiments.list()}
    if not infos:
        st.info("There is no experiment yet; run one with several models or pipelines.", icon=":material/science:")
        return None, "", ""
    chosen = st.selectbox(
        "Experiment", list(infos), 0, lambda found: infos[found].title or found, key="outcomes:experiment"
    )
    columns = st.segmented_control(
        "A column is", ["by itself", *get_args(Columns)], default="by itself", key="outcomes:columns", required=True
    )
    wanted = None if columns == "by itself" else cast("Columns", columns)
    table = from_experiment(space.storage, chosen, columns=wanted)
    return table, infos[chosen].title or chosen, f"Experiment {chosen}"


def _draw_taking(space: Workspace, table: OutcomeTable, proposed: str, source: str) -> None:
    missing = int(table.missing.sum())
    st.write(
        f"{table.n_queries:,} questions × {len(table.models)} models"
        + (f"; {missing:,} cells have no score." if missing else ".")
    )
    rows = [{"Question": query, "Task": task} for query, task in zip(table.queries[:5], table.tasks, strict=False)]
    st.dataframe(rows, hide_index=True, key="outcomes:preview")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", proposed, 80, key=f"outcomes:name:{proposed}").strip()
        licence = st.text_input("Licence (if known)", key="outcomes:licence", max_chars=200).strip()
        pressed = st.button(
            "Import", key="outcomes:take", type="primary", icon=":material/check:", disabled=not name.strip()
        )
    if not pressed:
        return
    slug = slug_of(name)[:80]
    version = space.storage.outcome_tables.put(table, slug, title=name, licence=licence, source=source)
    session().notice = f"'{slug}' has {table.n_queries:,} questions (version {version})."
    show_table(slug)
    st.rerun()

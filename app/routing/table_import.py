"""The dialog that makes an outcome table: of files in any known format, or of an experiment that was run here."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.figure import count_text
from app.outcome.experiment_table import Columns, from_experiment
from app.plain import plain
from app.routing.outcome_look import likely_kind
from app.routing.outcome_mapping import draw_outcome_mapping, draw_outcome_preview
from app.state import session, show_table
from app.workspace import Workspace
from pipelines.error import DocumentError, RouteloomError
from pipelines.outcome.folder import OUTCOMES, PRICES, QUERIES, read_folder
from pipelines.outcome.gathering import GatherRule, Repetition, ScoreScale
from pipelines.outcome.importers import importer_kinds
from pipelines.outcome.intake import FOLDER, Import, import_outcomes, recognise_outcomes
from pipelines.outcome.mapping import OutcomeMapping
from pipelines.outcome.outcome_file import OutcomeFile
from pipelines.outcome.price import priced, read_prices
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record
from storage.reference import slug_of

WAYS: Final = ("Files", "An experiment")
OWN: Final = {name for base in (QUERIES, OUTCOMES, PRICES) for name in (base, f"{base}.gz")}
OWNED: Final = {QUERIES, f"{QUERIES}.gz"}
SCALES: Final[dict[ScoreScale, str]] = {
    "as_is": "They are 0 to 1", "clip": "Clip them to 0 to 1", "stretch": "Stretch a range to 0 to 1",
}  # fmt: skip
REPETITIONS: Final[dict[Repetition, str]] = {
    "refuse": "Is an error", "mean": "Let the mean count", "first": "Let the first count",
    "last": "Let the last count",
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
                f" {PRICES} (model, usd_per_1m_in, usd_per_1m_out) costs follow from tokens. Of any other table you say"
                " what its columns mean."
            )
        )
        return None, "", ""
    contents = {file.name: file.getvalue() for file in files}
    meaning = _draw_meaning(contents)
    rule, ends = _draw_rule()
    collect = st.checkbox("Leave out rows with problems", key="outcomes:collect")
    if meaning is None:
        st.info("Say which columns hold the question and the scores.", icon=":material/view_column:")
        return None, "", ""
    found = _read(contents, rule, meaning, collect=collect)
    with ends:
        wanted = _draw_range(found)
    if wanted is not None and wanted != found.score_range:
        found = _read(contents, rule.model_copy(update={"score_range": wanted}), meaning, collect=collect)
    _draw_account(found)
    return found.table, Path(files[0].name).name.partition(".")[0], f"Imported from {files[0].name}"


def _draw_rule() -> tuple[GatherRule, DeltaGenerator]:
    """Draws what becomes of scores and repetitions; returns it, and the place for the range of the scores."""
    left, middle, ends = st.columns((2, 2, 2))
    with left:
        scale = st.selectbox("Scores", list(SCALES), 0, SCALES.__getitem__, key="outcomes:scale")
    with middle:
        repetition = st.selectbox(
            "The same question and model twice", list(REPETITIONS), 0, REPETITIONS.__getitem__,
            key="outcomes:repetition",
        )  # fmt: skip
    return GatherRule(scale=scale, repetition=repetition), ends


def _draw_range(found: Import) -> tuple[float, float] | None:
    """Draws the range that is stretched to 0 to 1, beginning with the likely one; None where none is."""
    if found.score_range is None or found.span is None:
        return None
    key = "outcomes:range:{:g}:{:g}".format(*found.score_range)
    ends = zip(st.columns(2), ("This becomes 0", "This becomes 1"), found.score_range, strict=True)
    low, high = (
        column.number_input(title, value=end, format="%g", key=f"{key}:{title}") for column, title, end in ends
    )
    st.caption(f"The lowest score in the files is {found.span[0]:g}, the highest {found.span[1]:g}.")
    return low, high


class Meaning(Record):
    """Says how files are read: the kind of the importer, or each by itself, and what the columns mean."""

    kind: str | None = None
    mapping: OutcomeMapping | None = None


def _draw_meaning(files: dict[str, bytes]) -> Meaning | None:
    """Draws the format and what the columns mean; None while that is not said.

    Raises:
        DocumentError: if the first file cannot be opened.
    """
    rest = [name for name in files if name not in OWN]
    if OWNED & set(files) or not rest:
        return Meaning()
    file = OutcomeFile.open(rest[0], files[rest[0]])
    kinds = importer_kinds()
    try:
        recognised: str | None = recognise_outcomes(file)
    except DocumentError:
        if not file.columns:
            raise
        recognised = None
        st.info(
            plain(
                f"{file.name} is of no known format of outcomes. Say which column is what; the likeliest is filled in."
            ),
            icon=":material/view_column:",
        )
    stamp = hashlib.sha256(files[rest[0]]).hexdigest()[:12]
    likely = recognised or likely_kind(file)
    kind = st.selectbox(
        "Format", list(kinds), list(kinds).index(likely), lambda found: kinds[found].title,
        key=f"outcomes:kind:{stamp}", help="Recognised by itself; change it if it is another one.",
    )  # fmt: skip
    if not kinds[kind].mapped:
        return Meaning(kind=None if kind == recognised else kind)
    with st.expander("What the columns mean", expanded=recognised is None, key=f"outcomes:meaning:{stamp}:{kind}"):
        mapping = draw_outcome_mapping(file, kind, f"outcomes:{stamp}:{kind}")
    if mapping is None:
        return None
    draw_outcome_preview(file, kind, mapping)
    return Meaning(kind=kind, mapping=mapping)


def _draw_account(found: Import) -> None:
    """Draws what became of every row: what was left out and why, what came twice."""
    if found.skipped:
        are = "is" if found.skipped == 1 else "are"
        st.warning(f"{count_text(found.skipped, 'row')} {are} left out.", icon=":material/rule:")
        lines = [
            {"File": each.file, "Row": each.row, "Line": each.line, "Column": each.column, "Problem": each.message}
            for each in found.problems
        ]
        st.dataframe(lines, hide_index=True, height=min(38 + 35 * len(lines), 178), key="outcomes:problems")
    if found.repeated:
        st.caption(f"{found.repeated:,} outcomes are of a cell that was there before.")
    if found.note:
        st.caption(plain(found.note))


def _read(files: dict[str, bytes], rule: GatherRule, meaning: Meaning, *, collect: bool) -> Import:
    """Returns what uploaded files hold; the same files are read once.

    Raises:
        DocumentError: naming the file, the row and what is wrong with it.
    """
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    return _read_once(digest.hexdigest(), rule.model_dump_json(), meaning.model_dump_json(), collect, files)


@st.cache_resource(max_entries=2, show_spinner="Reading …")
def _read_once(digest: str, rule: str, meaning: str, collect: bool, _files: dict[str, bytes]) -> Import:
    """Returns what files hold; those of our own format are written under their fixed names only."""
    del digest
    how = Meaning.model_validate_json(meaning)
    with TemporaryDirectory() as place:
        for name in OWN & set(_files):
            (Path(place) / name).write_bytes(_files[name])
        if OWNED & set(_files):
            return Import(read_folder(Path(place), name="imported"), FOLDER)
        found = import_outcomes(
            [(name, content) for name, content in _files.items() if name != PRICES],
            "imported",
            kind=how.kind,
            mapping=how.mapping,
            rule=GatherRule.model_validate_json(rule),
            collect=collect,
        )
        if PRICES in _files:
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
        f"{count_text(table.n_queries, 'question')} × {count_text(len(table.models), 'model')}"
        + (f"; {count_text(missing, 'cell')} without a score." if missing else ".")
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

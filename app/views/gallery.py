"""The gallery page: templates and saved workflows as cards; open, fork, delete with undo, import, export, new."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from app.export_dialog import draw_export
from app.figure import age_text, cost_text
from app.guide import draw_guide, restart_guide
from app.plain import plain
from app.shelf import add_pipeline, open_template
from app.state import close_workflow, go_to_studio, session, workspace
from app.template import templates, themes
from app.thumbnail import thumbnail
from pipelines.document import Pipeline
from pipelines.error import DocumentError, RouteloomError
from pipelines.exchange.foreign import FILE_TYPES, read_any
from storage.run import RunInfo
from storage.workflow import WorkflowInfo

COLUMNS = 3
DESCRIPTION_CHARACTERS = 150
MAX_IMPORT_MB = 5


def draw() -> None:
    """Draws the page."""
    with st.container(key="shelf"):
        _draw_shelf()


def _draw_shelf() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Gallery", anchor=False)
        st.space("stretch")
        if st.button("Show me around", icon=":material/explore:", key="gallery:guide", type="tertiary"):
            restart_guide()
        if st.button("Import a file", icon=":material/upload:", key="gallery:import"):
            _import()
        if st.button("New pipeline", icon=":material/add:", key="gallery:new", type="primary"):
            go_to_studio(add_pipeline(workspace(), Pipeline(name="Untitled"), message="New"))
    _draw_undo()
    workflows = workspace().storage.workflows.list()
    guided = draw_guide(in_studio=False)
    if workflows or not guided:
        st.subheader("Your workflows", anchor=False)
    if not workflows and not guided:
        st.info(
            "Nothing is saved yet. Open a template below: it becomes a workflow of your own, which you can change "
            "freely, and it runs at once on the embedded model. Or begin with New pipeline.",
            icon=":material/lightbulb:",
        )
    latest = _latest_runs()
    _draw_cards([partial(_draw_workflow, info, latest.get(info.slug)) for info in workflows])
    st.subheader("Templates", anchor=False)
    theme = _draw_theme_choice()
    for name, slugs in themes().items():
        if theme in (None, name):
            st.markdown(f"**{name}**")
            _draw_cards([partial(_draw_template, slug, templates()[slug]) for slug in slugs])


def _draw_theme_choice() -> str | None:
    return st.pills("Theme", list(themes()), key="gallery:theme", label_visibility="collapsed")


def _draw_cards(cards: Sequence[Callable[[], None]]) -> None:
    for start in range(0, len(cards), COLUMNS):
        for column, card in zip(st.columns(COLUMNS), cards[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                card()


def _draw_thumbnail(pipeline: Pipeline) -> None:
    # `st.image` writes no alternative text.
    picture = base64.b64encode(thumbnail(pipeline).encode()).decode()
    told = html.escape(f"{pipeline.name}: {len(pipeline.nodes)} nodes")
    st.html(f'<img alt="{told}" src="data:image/svg+xml;base64,{picture}" style="width: 100%">')


def _draw_face(pipeline: Pipeline, name: str) -> None:
    _draw_thumbnail(pipeline)
    st.markdown(f"**{plain(name, 60)}**")
    st.caption(plain(pipeline.description, DESCRIPTION_CHARACTERS) or "No description.")


def _draw_template(slug: str, pipeline: Pipeline) -> None:
    _draw_face(pipeline, pipeline.name)
    st.space("stretch")
    with st.container(horizontal=True):
        if st.button("Open", icon=":material/open_in_new:", key=f"template:{slug}", type="primary"):
            go_to_studio(open_template(workspace(), slug))


def _draw_workflow(info: WorkflowInfo, run: RunInfo | None) -> None:
    workflows = workspace().storage.workflows
    pipeline = workflows.pipeline(info.slug)
    _draw_face(pipeline, info.name)
    facts = [f"version {info.version}", age_text(info.updated_at)]
    facts += ["unsaved draft"] if info.drafted else []
    facts += [f"last run {run.status}, {plain(cost_text(run.list_cost_usd, notional=run.notional))}"] if run else []
    st.space("stretch")
    st.caption(" · ".join(facts))
    with st.container(horizontal=True):
        if st.button("Open", icon=":material/open_in_new:", key=f"open:{info.slug}", type="primary"):
            go_to_studio(info.slug)
        if st.button("", icon=":material/content_copy:", key=f"fork:{info.slug}", help="Make a copy"):
            workflows.fork(info.slug)
            st.rerun()
        if st.button("", icon=":material/download:", key=f"export:{info.slug}", help="Export as a file"):
            draw_export(pipeline, info.slug)
        if st.button("", icon=":material/delete:", key=f"delete:{info.slug}", help="Delete"):
            workflows.delete(info.slug)
            close_workflow(info.slug)
            session().removed = (info.slug, info.name)
            st.rerun()


def _draw_undo() -> None:
    removed = session().removed
    if removed is None:
        return
    slug, name = removed
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f":material/delete: “{plain(name, 60)}” is deleted.")
        if st.button("Undo", icon=":material/undo:", key="gallery:undo"):
            workspace().storage.workflows.restore(slug)
            session().removed = None
            st.rerun()
        if st.button("", icon=":material/close:", key="gallery:undo:close", type="tertiary", help="Close"):
            session().removed = None
            st.rerun()


@st.dialog("Import a pipeline")
def _import() -> None:
    st.caption(
        "A file that was exported here or written by `routeloom export`, or an export of Langflow, Flowise or Dify. "
        "Nothing in it is executed or fetched, and keys in it stay behind."
    )
    file = st.file_uploader("Pipeline file", type=FILE_TYPES, max_upload_size=MAX_IMPORT_MB, key="gallery:file")
    if file is None:
        return
    try:
        found = read_any(file.getvalue(), workspace().catalogue, name=Path(file.name).stem)
    except DocumentError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    pipeline = found.pipeline
    _draw_thumbnail(pipeline)
    st.markdown(f"**{plain(pipeline.name, 80)}** · {len(pipeline.nodes)} nodes")
    sentences = found.report.sentences()
    if sentences:
        with st.expander(f"What is different here ({len(sentences)})", expanded=True):
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))
    problems = workspace().find_problems(pipeline)
    if problems:
        st.warning("It can be imported; before it runs, mend this:", icon=":material/build:")
        st.markdown("\n".join(f"- {plain(str(problem))}" for problem in problems))
    if st.button("Import", type="primary", key="gallery:import:now"):
        try:
            slug = add_pipeline(workspace(), pipeline, message="Imported")
        except RouteloomError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        go_to_studio(slug)


def _latest_runs() -> dict[str, RunInfo]:
    found: dict[str, RunInfo] = {}
    for info in workspace().storage.runs.runs(limit=300):
        if info.workflow is not None:
            found.setdefault(info.workflow, info)
    return found

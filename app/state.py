"""The only owner of the keys of `st.session_state`, and of what the sessions of a process share."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

import streamlit as st

from app.config import Config
from app.experiment.draft import Draft
from app.form.choice import Choices
from app.studio.open_workflow import OpenWorkflow
from app.workspace import Workspace
from pipelines.chat import Call
from pipelines.document import NodeSpec
from pipelines.error import NotFound
from pipelines.estimate.history import History
from pipelines.estimate.record import ContenderEstimate
from pipelines.experiment.experiment import Row
from pipelines.fleet import Batch
from pipelines.run import Run
from pipelines.value import Document

SESSION: Final = "routeloom"
CANVAS: Final = "canvas"
WORKFLOW_PARAMETER: Final = "w"
EXPERIMENT_PARAMETER: Final = "x"
ROW_PARAMETER: Final = "row"
TABLE_PARAMETER: Final = "t"
PREFIX: Final = "ROUTELOOM_"


@dataclass
class FormState:
    """Is the form of one node in this session.

    Attributes:
        generation: part of the keys of its widgets; another number fills them anew.
        shown: the node that the widgets were last filled from or led to, without its place.
        held: what was filled in where it could not all be applied, or None.
    """

    generation: int = 0
    shown: NodeSpec | None = None
    held: dict[str, Any] | None = None


@dataclass
class RunForm:
    """Is what the run bar holds: the question and how to run it; None is no limit and the default model."""

    question: str = ""
    tags: list[str] = field(default_factory=list)
    model: str | None = None
    seed: int = 0
    cache: bool = True
    usd: float | None = None
    seconds: float | None = None
    calls: int | None = None


class Peek(NamedTuple):
    """Is a step from a node into the template that it uses."""

    node: str
    template: str


@dataclass(frozen=True, slots=True)
class Estimated:
    """Holds an estimate with what it is of: the graph, by its hash, and everything else that it hangs on."""

    about: tuple[str, ...]
    graph: str
    found: ContenderEstimate


@dataclass
class Session:
    """Is everything that one browser tab remembers between reruns.

    Attributes:
        shown_run: id of the run that the studio shows.
        stored_run: that run as the database has it, kept because reading it takes time.
        past: what past runs of the open workflow tell, with its slug and its latest run, kept for the same reason.
        estimate: what a run of the open pipeline is expected to cost and take, made last.
        scope: how many past runs the canvas shows together; 1 is the shown run alone.
        scoped: these runs by id, kept for the same reason.
        together: what they did together, with what it was made of.
        removed: the workflow that was deleted last, by slug and name, so that it can be brought back.
        page_state: the run with which the studio page was last drawn, and whether one was under way.
        probes: the latest test call of each model.
        trail: the way into sub-pipelines, by slug from the outermost to the open one.
        root: the outermost pipeline of that way, or the open one; the question belongs to it.
        peeks: the way on from there into templates, which are only looked at.
        leave_for: the workflow that the studio opens at its next drawing.
        exporting: the dialog that gives the open workflow out is wanted.
        comparing: the dialog that compares two versions or runs is wanted.
        pages: the pages of the navigation by name, as `st.switch_page` wants them.
        data_set: name of the data set that the page of data shows; another `data_generation` draws its choice anew.
        fetched: content and name of the file that the import dialog fetched from the hub.
        draft: the new experiment that is being put together; another `draft_generation` fills its form anew.
        labelled: the rows that a person labelled in this tab, by experiment and scorer, the latest last.
        skipped: the runs whose answers a person passed over in the labelling queue.
    """

    opened: OpenWorkflow | None = None
    forms: dict[str, FormState] = field(default_factory=dict)
    run_form: RunForm = field(default_factory=RunForm)
    shown_run: str | None = None
    stored_run: Run | None = None
    past: tuple[tuple[str, ...], History] | None = None
    estimate: Estimated | None = None
    scope: int = 1
    scoped: dict[str, Run] = field(default_factory=dict)
    together: tuple[object, Batch] | None = None
    removed: tuple[str, str] | None = None
    notice: str | None = None
    page_state: tuple[str | None, bool] = (None, False)
    trail: tuple[str, ...] = ()
    root: str = ""
    peeks: tuple[Peek, ...] = ()
    leave_for: str | None = None
    exporting: bool = False
    comparing: bool = False
    pages: dict[str, Any] = field(default_factory=dict)
    probes: dict[str, Call] = field(default_factory=dict)
    data_set: str | None = None
    data_generation: int = 0
    fetched: tuple[bytes, str] | None = None
    draft: Draft | None = None
    draft_generation: int = 0
    labelled: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)


def session() -> Session:
    """Returns what this tab remembers."""
    if SESSION not in st.session_state:
        st.session_state[SESSION] = Session()
    found: Session = st.session_state[SESSION]
    return found


def workspace() -> Workspace:
    """Returns the workspace of this process for the present configuration."""
    return _workspace(_config(tuple(item for item in os.environ.items() if item[0].upper().startswith(PREFIX))))


@lru_cache
def _config(_: tuple[tuple[str, str], ...]) -> str:
    """Returns the configuration that these settings of the environment make; a page asks for it a dozen times."""
    return Config().model_dump_json()


@st.cache_resource(show_spinner="Opening the studio …")
def _workspace(config: str) -> Workspace:
    return Workspace(Config.model_validate_json(config))


def open_workflow() -> OpenWorkflow | None:
    """Returns the workflow that the address of the page names, opened once a session; None if it names none.

    Raises:
        NotFound: if there is no such workflow.
    """
    state = session()
    slug = st.query_params.get(WORKFLOW_PARAMETER) or (state.opened.slug if state.opened else None)
    if slug is None:
        return None
    if state.opened is None or state.opened.slug != slug:
        before, state.opened = state.opened, None
        state.opened = OpenWorkflow(workspace().storage, slug, heard=before.heard if before else None)
        state.forms, state.peeks = {}, ()
        state.trail = state.trail if state.trail[-1:] == (slug,) else ()
        _show_latest_run(slug)
        root = state.trail[0] if state.trail else slug
        if root != state.root:
            # What was typed stays while one steps in and out of sub-pipelines.
            run = shown_run()
            state.root, state.run_form = root, RunForm(question=run.query.text if run else "")
    st.query_params[WORKFLOW_PARAMETER] = slug
    return state.opened


def set_pages(pages: dict[str, Any]) -> None:
    """Remembers the pages of the navigation."""
    session().pages = pages


def go_to_studio(slug: str) -> None:
    """Leaves for the studio with a workflow open; does not return."""
    st.switch_page(session().pages["studio"], query_params={WORKFLOW_PARAMETER: slug})


def open_next() -> bool:
    """Makes the workflow that was asked for the one that the address names, and says whether there is one."""
    state = session()
    slug, state.leave_for = state.leave_for, None
    if slug is not None:
        st.query_params[WORKFLOW_PARAMETER] = slug
    return slug is not None


def choose_data_set(name: str | None, notice: str) -> None:
    """Makes a data set the one that the page of data shows, and draws the page anew with a notice; does not return."""
    state = session()
    state.data_set, state.notice = name, notice
    state.data_generation += 1
    st.rerun()


def make_experiment(draft: Draft | None) -> None:
    """Opens the form of a new experiment with a draft, or closes it, and draws the page anew; does not return."""
    state = session()
    state.draft = draft
    state.draft_generation += 1
    st.query_params.pop(EXPERIMENT_PARAMETER, None)
    st.rerun()


def go_to_making(draft: Draft) -> None:
    """Leaves for the form of a new experiment with a draft; does not return."""
    state = session()
    state.draft = draft
    state.draft_generation += 1
    st.switch_page(state.pages["experiments"])


def open_experiment(experiment_id: str | None) -> None:
    """Makes an experiment, or the list of them, what the page shows, and draws it anew; does not return."""
    session().draft = None
    st.query_params.pop(ROW_PARAMETER, None)
    if experiment_id is None:
        st.query_params.pop(EXPERIMENT_PARAMETER, None)
    else:
        st.query_params[EXPERIMENT_PARAMETER] = experiment_id
    st.rerun()


def shown_experiment() -> str | None:
    """Returns the experiment that the address of the page names."""
    return st.query_params.get(EXPERIMENT_PARAMETER)


def shown_row() -> int | None:
    """Returns the example of the experiment that the address of the page names."""
    named = st.query_params.get(ROW_PARAMETER, "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < 10 else None


def show_row(example: int | None) -> None:
    """Makes an example of the experiment the one that the address of the page names."""
    if example is None:
        st.query_params.pop(ROW_PARAMETER, None)
    else:
        st.query_params[ROW_PARAMETER] = str(example)


def shown_table() -> str | None:
    """Returns the outcome table that the address of the page names."""
    return st.query_params.get(TABLE_PARAMETER)


def show_table(name: str) -> None:
    """Makes an outcome table the one that the address of the page names."""
    st.query_params[TABLE_PARAMETER] = name


def go_to_routers(table: str) -> None:
    """Leaves for the page of routers with an outcome table open; does not return."""
    st.switch_page(session().pages["routers"], query_params={TABLE_PARAMETER: table})


def go_to_data() -> None:
    """Leaves for the page of data; does not return."""
    st.switch_page(session().pages["data"])


def go_to_gallery() -> None:
    """Leaves for the gallery; does not return."""
    st.switch_page(session().pages["gallery"])


def close_workflow(slug: str) -> None:
    """Forgets a workflow that this tab had open; does nothing about another one."""
    state = session()
    if state.opened is not None and state.opened.slug == slug:
        state.opened = None


def show_run(run_id: str | None) -> None:
    """Makes a run the one that the studio shows, alone."""
    state = session()
    state.shown_run, state.stored_run = run_id, None
    state.scope, state.scoped, state.together = 1, {}, None


def shown_run() -> Run | None:
    """Returns the run that the studio shows, as the database has it, or None."""
    state = session()
    if state.shown_run is None:
        return None
    if state.stored_run is None or state.stored_run.id != state.shown_run or state.stored_run.status == "running":
        state.stored_run = workspace().storage.runs.run(state.shown_run)
    return state.stored_run


def choices() -> Choices:
    """Returns what the forms may offer."""
    space = workspace()
    catalogue = space.catalogue
    return Choices(
        models=tuple(entry.name for entry in catalogue),
        default_model=catalogue.default,
        document_sets=space.library.document_sets(),
        routers=space.library.routers(),
        pipelines=space.library.pipelines(),
        add_documents=_add_documents,
    )


def _add_documents(name: str, documents: tuple[Document, ...]) -> str:
    return workspace().storage.documents.create(name, documents).name


def _show_latest_run(slug: str) -> None:
    latest = workspace().storage.runs.runs(slug, limit=1)
    show_run(latest[0].id if latest else None)


def missing_workflow(error: NotFound) -> None:
    """Takes an address that names nothing out of the page."""
    st.query_params.pop(WORKFLOW_PARAMETER, None)
    session().opened = None
    session().notice = str(error)

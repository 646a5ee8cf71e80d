"""The form of a new experiment: pipelines, data, scorers, settings; problems and an estimate before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from app.experiment.draft import Draft, Part, chosen_examples, contenders_of, experiment_of, offered
from app.experiment.foresight import draw_foresight
from app.experiment.scorer_form import draw_scorers
from app.experiment.settings_form import draw_settings
from app.experiment.summary import examples_of
from app.plain import plain
from app.state import go_to_data, make_experiment, open_experiment, session
from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.error import RouteloomError
from pipelines.estimate.record import Estimate
from pipelines.experiment.experiment import Contender
from pipelines.scorers import scorer_kinds

PARTS: Final[dict[Part, str]] = {
    "all": "All of them",
    "sample": "A sample",
    "split": "A test split",
    "same": "The same rows",
}
MOST_SAMPLE: Final = 1_000_000


def draw_making(space: Workspace, draft: Draft) -> None:
    """Draws the form; what is filled in stays in the draft."""
    key = f"new:{session().draft_generation}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("", icon=":material/arrow_back:", key="new:back", type="tertiary", help="All experiments"):
            make_experiment(None)
        st.header("New experiment", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        draft.title = st.text_input("Name", draft.title, 200, key=f"{key}:title", placeholder="made from the pipelines")
        contenders, problems = _draw_pipelines(space, draft, key)
        examples, chosen = _draw_data(space, draft, key)
        scorers, wrong = draw_scorers(draft, chosen, key) if chosen else ([], [])
        draw_settings(draft, key)
    with right, st.container(border=True, key="new-before"):
        problems = [*problems, *([] if chosen else ["Choose a data set with at least one row."]), *wrong]
        _draw_before(space, draft, contenders, chosen, scorers, problems, whole=len(chosen) == len(examples))


def _draw_pipelines(space: Workspace, draft: Draft, key: str) -> tuple[tuple[Contender, ...], list[str]]:
    options = {
        **{label: f"{label} · of the earlier experiment" for label in draft.kept},
        **offered(space.storage.workflows),
    }
    absent = [name for name in draft.pipelines if name not in options]
    draft.pipelines = st.multiselect(
        "Pipelines", list(options), [name for name in draft.pipelines if name in options],
        lambda name: options[name], key=f"{key}:pipelines", placeholder="Workflows, their versions, and templates",
    )  # fmt: skip
    problems = [f"The pipeline '{name}' is gone." for name in absent]
    if not draft.pipelines:
        return (), [*problems, "Choose a pipeline; with two or more they are compared."]
    try:
        contenders = contenders_of(draft, space.library)
    except RouteloomError as error:
        return (), [*problems, str(error)]
    for contender in contenders:
        found = space.find_problems(contender.pipeline, model=_model(space, draft))
        problems += [f"{contender.label}, node {problem.node or 'none'}: {problem.message}" for problem in found]
    return contenders, problems


def _model(space: Workspace, draft: Draft) -> str | None:
    """Returns the default model of the draft, if the catalogue has it."""
    known = {entry.name for entry in space.catalogue}
    return draft.settings.model if draft.settings.model in known else None


def _draw_data(space: Workspace, draft: Draft, key: str) -> tuple[Sequence[Example], tuple[Example, ...]]:
    infos = {info.name: info for info in space.storage.data_sets.list()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = list(infos)
        place = names.index(draft.data_set) if draft.data_set in infos else None
        chosen_name = st.selectbox(
            "Data set", names, place, lambda name: f"{infos[name].title or name} · {infos[name].examples:,} rows",
            key=f"{key}:data", placeholder="Choose one",
        )  # fmt: skip
        if st.button("Import a CSV …", icon=":material/upload_file:", key="new:csv"):
            go_to_data()
    if chosen_name is None:
        return (), ()
    if chosen_name != draft.data_set:
        draft.data_set, draft.tags, draft.scorers, draft.ids = chosen_name, [], None, ()
        draft.part = "all" if draft.part == "same" else draft.part
    info = infos[chosen_name]
    examples = examples_of(space, info.name, info.version, info.content_hash)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_part(draft, examples, f"{key}:{chosen_name}")
    chosen = chosen_examples(draft, examples)
    st.caption(f"{len(chosen):,} of {len(examples):,} rows of version {info.version}.")
    return examples, chosen


def _draw_part(draft: Draft, examples: Sequence[Example], key: str) -> None:
    tags = sorted({tag for example in examples for tag in example.tags})
    if tags and draft.part != "same":
        kept = [tag for tag in draft.tags if tag in tags]
        draft.tags = st.multiselect("Tags", tags, kept, key=f"{key}:tags", placeholder="All", width=300)
    parts = [part for part in PARTS if part != "same" or draft.ids]
    draft.part = st.selectbox(
        "Take", parts, parts.index(draft.part), PARTS.__getitem__, key=f"{key}:part", width=150,
        help="The seed below decides which rows; a split never parts the rows of a group.",
    )  # fmt: skip
    if draft.part == "sample":
        draft.count = int(st.number_input("Rows", 1, MOST_SAMPLE, draft.count, key=f"{key}:count", width=130))
    if draft.part == "split":
        percent = st.number_input("Percent", 1, 99, round(draft.share * 100), key=f"{key}:share", width=130)
        draft.share = int(percent) / 100


def _draw_before(
    space: Workspace,
    draft: Draft,
    contenders: tuple[Contender, ...],
    chosen: tuple[Example, ...],
    scorers: list[dict[str, Any]],
    problems: list[str],
    *,
    whole: bool,
) -> None:
    """Draws what is known before the start: problems, or the estimate and the button."""
    found: Estimate | None = None
    if problems:
        st.markdown("**Before it can start**")
        for problem in problems:
            st.markdown(f":red[:material/error:] {plain(problem, 400)}")
    else:
        kinds = [scorer_kinds()[str(scorer["kind"])] for scorer in scorers]
        found = draw_foresight(space, contenders, chosen, draft.settings, kinds)
    if st.button("Start", icon=":material/play_arrow:", key="new:start", type="primary", disabled=bool(problems)):
        estimated = None if found is None else found.model_dump(mode="json")
        made = experiment_of(draft, contenders, chosen, scorers, whole=whole, estimate=estimated)
        try:
            stored = space.experiments.create(made)
            space.experiments.start(stored.id)
        except RouteloomError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        open_experiment(stored.id)

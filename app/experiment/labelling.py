"""The labelling queue: answers that wait for a person, one at a time, without the name of their pipeline, by keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Final

import streamlit as st

from app.experiment.summary import forget
from app.plain import plain
from app.state import session
from app.studio.past import draw_value
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.experiment.experiment import Experiment, Row
from pipelines.experiment.scoring import read_scorers
from pipelines.scorers.human import Human
from storage.experiment_page import RowFilter

AHEAD: Final = 60
"""So many waiting answers are read, and shuffled, at a time."""


def human_scorers(experiment: Experiment) -> Mapping[str, Human]:
    """Returns the scorers that a person does the work of, by name."""
    found = read_scorers(experiment.scorers)
    return {name: scorer for name, scorer in found.items() if isinstance(scorer, Human)}


def draw_labelling(space: Workspace, experiment: Experiment, people: Mapping[str, Human]) -> None:
    """Draws the queue of one of these scorers."""
    name = next(iter(people))
    if len(people) > 1:
        name = st.selectbox("Label", list(people), 0, key=f"x:label:scorer:{experiment.id}", width=300)
    _draw_queue(space, experiment, name, people[name])


def _draw_queue(space: Workspace, experiment: Experiment, name: str, scorer: Human) -> None:
    page = space.storage.experiments.rows(experiment.id, RowFilter(unlabelled=True), limit=AHEAD)
    waiting = sorted((row for row in page.rows if name not in row.scores), key=_shuffled)
    done = session().labelled.setdefault((experiment.id, name), [])
    skipped = session().skipped
    queue = [row for row in waiting if row.run_id not in skipped] or waiting
    with st.container(border=True, key="x-label"):
        progress = space.storage.experiments.progress(experiment.id)
        answered = progress.done
        share = 1 - page.total / answered if answered else 1.0
        st.progress(min(1.0, max(0.0, share)), text=f"{answered - page.total:,} of {answered:,} answers labelled")
        if not queue:
            st.success("Every answer has its label.", icon=":material/task_alt:")
        else:
            _draw_answer(space, experiment, queue[0], scorer)
        _draw_keys(space, experiment, name, scorer, queue[0] if queue else None, done)


def _shuffled(row: Row) -> tuple[int, str]:
    """Returns an order in which the pipelines of an example come mixed, the same for everybody."""
    return row.example, hashlib.sha256(f"{row.run_id}".encode()).hexdigest()


def _draw_answer(space: Workspace, experiment: Experiment, row: Row, scorer: Human) -> None:
    st.markdown(f"**{plain(scorer.question)}**")
    places = space.storage.experiments.places(experiment.id)
    left, right = st.columns(2)
    try:
        [example] = space.storage.data_sets.at(experiment.data_set, [places[row.example]], experiment.data_version)
    except RouteloomError as error:
        left.caption(plain(str(error)))
    else:
        with left:
            draw_value("Question", example.as_query().text)
            draw_value("Reference", "\n".join(example.references) or "none")
    with right:
        draw_value("Answer", row.answer or "")
        st.caption("The pipeline is not named, so that it does not sway you.")


def _draw_keys(
    space: Workspace, experiment: Experiment, name: str, scorer: Human, row: Row | None, done: list[Row]
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for step in reversed(range(scorer.scale)):
            words = {0: "Wrong", 1: "Right"}[step] if scorer.scale == 2 else f"{step} of {scorer.scale - 1}"
            st.button(
                words, key=f"x:label:{step}", shortcut=str(step), disabled=row is None,
                type="primary" if step == scorer.scale - 1 else "secondary",
                on_click=partial(_label, space, experiment.id, row, name, step / (scorer.scale - 1)),
            )  # fmt: skip
        st.button(
            "Skip", key="x:label:skip", shortcut="Right", icon=":material/arrow_forward:", disabled=row is None,
            on_click=partial(_skip, row),
        )  # fmt: skip
        st.button(
            "Undo", key="x:label:undo", shortcut="u", icon=":material/undo:", disabled=not done,
            on_click=partial(_undo, space, experiment.id, name),
        )  # fmt: skip
        if st.button("Update the numbers", key="x:label:update", icon=":material/refresh:", type="tertiary"):
            st.rerun()


def _label(space: Workspace, experiment_id: str, row: Row | None, name: str, value: float) -> None:
    if row is None:
        return
    labelled = space.experiments.label(experiment_id, row, name, value)
    session().labelled.setdefault((experiment_id, name), []).append(labelled)
    forget()


def _skip(row: Row | None) -> None:
    if row is not None and row.run_id is not None:
        session().skipped.add(row.run_id)


def _undo(space: Workspace, experiment_id: str, name: str) -> None:
    """Takes the latest label of this tab back; its answer waits again and comes first."""
    done = session().labelled.get((experiment_id, name), [])
    if done:
        space.experiments.unlabel(experiment_id, done.pop(), name)
        forget()

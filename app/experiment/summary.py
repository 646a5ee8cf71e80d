"""The results of an experiment read, narrowed and summarised; kept, so that a filter or a chart costs little."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from threading import Thread
from typing import Final, NamedTuple

import numpy as np
import streamlit as st

from app.workspace import Workspace
from pipelines.data.example import Example
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.narrowing import narrowed
from pipelines.experiment.progress import Progress
from pipelines.experiment.results import Results
from pipelines.experiment.scoring import scorer_names
from pipelines.statistics.report import Report
from pipelines.statistics.summary import summarise

KEPT: Final = 6
MOST_FURTHER_ROWS: Final = 50_000
"""Scorers besides the chosen one are added up only where that does not keep the page waiting."""


class View(NamedTuple):
    """Names what is shown of an experiment; equal views have equal results.

    Attributes:
        stamp: changes when a row does.
        scorer: whose score counts; None where there is none.
        tag, difficulty: only examples with them; None takes all.
    """

    experiment: str
    stamp: str
    scorer: str | None
    tag: str | None = None
    difficulty: str | None = None


class Summary(NamedTuple):
    """Holds the results of a view and their report; `places` are those of its examples in the experiment."""

    results: Results
    report: Report
    places: tuple[int, ...]


def stamp_of(progress: Progress) -> str:
    """Returns what changes whenever a row of the experiment does."""
    counts = (progress.ended, progress.failed, progress.no_answer, progress.unscored, progress.unlabelled)
    return f"{progress.status}/{'/'.join(map(str, counts))}/{progress.paid_usd:.9f}"


def results_of(space: Workspace, experiment_id: str, stamp: str, scorer: str | None) -> Results:
    """Returns the columns of an experiment with the score of one scorer."""
    return _results(space, experiment_id, stamp, scorer)


def summary_of(space: Workspace, experiment: Experiment, view: View) -> Summary:
    """Returns the results of a view with their report."""
    return _summary(space, experiment, view)


def examples_of(space: Workspace, name: str, version: int | None, content_hash: str) -> tuple[Example, ...]:
    """Returns the rows of a version of a data set.

    Raises:
        NotFound: if there is no such data set or version.
    """
    return _examples(space, name, version, content_hash)


@cache
def warm_up() -> None:
    """Loads in the background, once, what the first report needs: a person reads the list meanwhile."""
    Thread(target=import_module, args=("scipy.special",), daemon=True).start()


def forget() -> None:
    """Reads every result anew the next time: a person has changed a score, which no count may show."""
    _results.clear()
    _summary.clear()


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _results(_space: Workspace, experiment_id: str, stamp: str, scorer: str | None) -> Results:
    del stamp
    return _space.storage.experiments.results(experiment_id, scorer)


@st.cache_resource(max_entries=KEPT * 4, show_spinner="Adding up …")
def _summary(_space: Workspace, _experiment: Experiment, view: View) -> Summary:
    results = _results(_space, view.experiment, view.stamp, view.scorer)
    others: dict[str, Results] = {}
    if results.n_rows <= MOST_FURTHER_ROWS:
        names = [name for name in scorer_names(_experiment.scorers) if name != view.scorer]
        others = {name: _results(_space, view.experiment, view.stamp, name) for name in names}
    if view.tag is None and view.difficulty is None:
        places = tuple(range(len(results.examples.ids)))
        return Summary(results, _report(results, others, _experiment), places)
    keep = _kept(results, view)
    part = narrowed(results, keep)
    places = tuple(np.flatnonzero(keep).tolist())
    narrow = {name: narrowed(other, keep) for name, other in others.items()}
    return Summary(part, _report(part, narrow, _experiment), places)


def _report(results: Results, others: dict[str, Results], experiment: Experiment) -> Report:
    return summarise(results, seed=experiment.settings.seed, other_scores=others)


def _kept(results: Results, view: View) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    known = results.examples
    tagged = (view.tag is None or view.tag in tags for tags in known.tags)
    level = (view.difficulty is None or found == view.difficulty for found in known.difficulties)
    return np.array([a and b for a, b in zip(tagged, level, strict=True)], dtype=np.bool_)


@st.cache_resource(max_entries=3, show_spinner="Reading the rows …")
def _examples(_space: Workspace, name: str, version: int | None, content_hash: str) -> tuple[Example, ...]:
    del content_hash
    return _space.storage.data_sets.get(name, version).examples

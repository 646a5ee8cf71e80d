"""Reads an experiment as a whole: its report, its rows one after the other, its examples, its estimate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from pipelines.data.example import Example
from pipelines.error import NotFound
from pipelines.estimate.calibration import Calibration, score_estimate
from pipelines.estimate.record import Estimate
from pipelines.experiment.experiment import Experiment, Row
from pipelines.experiment.results import Results
from pipelines.experiment.scoring import scorer_names
from pipelines.statistics.report import Report
from pipelines.statistics.summary import summarise
from storage import Storage
from storage.experiment_page import RowFilter

BLOCK: Final = 1_000
LATEST: Final = "latest"
ANY: Final = RowFilter()


def find_experiment(storage: Storage, name: str) -> Experiment:
    """Returns the experiment of an id, or the newest one if the name is `latest`.

    Raises:
        NotFound: if there is none.
    """
    if name != LATEST:
        return storage.experiments.get(name)
    infos = storage.experiments.list()
    if not infos:
        raise NotFound("There is no experiment yet; begin one with: routeloom eval --help")
    return storage.experiments.get(infos[0].id)


def report_of(storage: Storage, experiment: Experiment, results: Results) -> Report:
    """Returns the report of results by the first scorer, with the mean scores of the further ones."""
    further = scorer_names(experiment.scorers)[1:]
    others = {name: storage.experiments.results(experiment.id, name) for name in further}
    return summarise(results, seed=experiment.settings.seed, other_scores=others)


def rows_of(storage: Storage, experiment_id: str, wanted: RowFilter = ANY) -> Iterator[Row]:
    """Yields the stored rows that match, by example, repeat and pipeline; only some are in memory at a time."""
    offset = 0
    while rows := storage.experiments.rows(experiment_id, wanted, offset=offset, limit=BLOCK).rows:
        yield from rows
        offset += len(rows)


def examples_of(storage: Storage, experiment: Experiment) -> list[Example]:
    """Returns the examples in the order of the experiment.

    Raises:
        NotFound: if its data set is gone.
    """
    places = storage.experiments.places(experiment.id)
    blocks = (places[start : start + BLOCK] for start in range(0, len(places), BLOCK))
    name, version = experiment.data_set, experiment.data_version
    return [example for block in blocks for example in storage.data_sets.at(name, block, version)]


def calibration_of(experiment: Experiment, results: Results) -> Calibration | None:
    """Returns how right the stored estimate was, or None without one that can be read."""
    if experiment.estimate is None:
        return None
    try:
        return score_estimate(Estimate.model_validate(experiment.estimate), results)
    except ValidationError:
        return None

"""What never changes of an experiment, kept in memory once read: its number, its pipelines and its examples."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlmodel import col

from pipelines.error import NotFound
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.results import ExampleColumns
from pipelines.experiment.scoring import scorer_names
from storage.codec import load
from storage.database import Database
from storage.experiment_table import ExperimentTable

KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class KnownExperiment:
    """Holds what the rows of an experiment refer to; `places` are those of its examples in the data set, from 0."""

    number: int
    rows: int
    repeats: int
    contenders: tuple[str, ...]
    scorers: tuple[str, ...]
    examples: ExampleColumns
    places: tuple[int, ...]

    def place_of(self, scorer: str) -> int:
        """Returns the place of a scorer.

        Raises:
            NotFound: if the experiment has no such scorer.
        """
        if scorer not in self.scorers:
            raise NotFound(f"There is no scorer '{scorer}'; there is {', '.join(self.scorers) or 'none'}.")
        return self.scorers.index(scorer)


class KnownExperiments:
    """Finds experiments by id and remembers the latest."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database
        self._known: OrderedDict[str, KnownExperiment] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, experiment_id: str) -> KnownExperiment:
        """Returns what is known of an experiment.

        Raises:
            NotFound: if there is none of that id.
        """
        with self._lock:
            known = self._known.get(experiment_id)
        return known or self._read(experiment_id)

    def forget(self, experiment_id: str) -> None:
        """Reads it anew the next time."""
        with self._lock:
            self._known.pop(experiment_id, None)

    def _read(self, experiment_id: str) -> KnownExperiment:
        table = ExperimentTable
        columns = [col(table.number), col(table.rows), col(table.record), col(table.examples)]
        with self._database.read() as connection:
            found = connection.execute(select(*columns).where(col(table.id) == experiment_id)).one_or_none()
        if found is None:
            raise not_found(experiment_id)
        experiment = load(Experiment, found.record)
        content = orjson.loads(found.examples)
        known = KnownExperiment(
            number=found.number,
            rows=found.rows,
            repeats=experiment.settings.repeats,
            contenders=tuple(contender.label for contender in experiment.contenders),
            scorers=scorer_names(experiment.scorers),
            examples=_columns_of(content),
            places=tuple(content["places"]),
        )
        with self._lock:
            self._known[experiment_id] = known
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known


def examples_text(examples: ExampleColumns, places: Sequence[int]) -> str:
    """Returns the columns and the places as JSON."""
    columns = {"ids": examples.ids, "tags": examples.tags, "groups": examples.groups}
    return orjson.dumps({**columns, "difficulties": examples.difficulties, "places": places}).decode()


def _columns_of(content: dict[str, list[Any]]) -> ExampleColumns:
    return ExampleColumns(
        ids=tuple(content["ids"]),
        tags=tuple(map(tuple, content["tags"])),
        groups=tuple(content["groups"]),
        difficulties=tuple(content["difficulties"]),
    )


def not_found(experiment_id: str) -> NotFound:
    """Returns the error for an unknown id."""
    return NotFound(f"There is no experiment '{experiment_id}'; look at the list of experiments.")

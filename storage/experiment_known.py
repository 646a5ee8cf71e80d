"""What never changes of an experiment, kept in memory once read: its number, its pipelines and its examples."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import Row, select
from sqlmodel import col

from pipelines.error import NotFound
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.results import ExampleColumns
from pipelines.experiment.scoring import scorer_names
from storage.codec import load
from storage.database import Database
from storage.experiment_table import ExperimentTable

KEPT: Final = 64
EXAMPLES_KEPT: Final = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownExperiment:
    """Holds what the rows of an experiment refer to; `examples` is how many there are."""

    number: int
    examples: int
    repeats: int
    contenders: tuple[str, ...]
    scorers: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Returns how many rows the experiment has."""
        return self.examples * self.repeats * len(self.contenders)

    def place_of(self, scorer: str) -> int:
        """Returns the place of a scorer.

        Raises:
            NotFound: if the experiment has no such scorer.
        """
        if scorer not in self.scorers:
            raise NotFound(f"There is no scorer '{scorer}'; there is {', '.join(self.scorers) or 'none'}.")
        return self.scorers.index(scorer)


class KnownExperiments:
    """Finds experiments by id and remembers the latest; examples are read only for whoever wants them."""

    def __init__(self, database: Database) -> None:
        """Takes the database."""
        self._database = database
        self._known: OrderedDict[str, KnownExperiment] = OrderedDict()
        self._examples: OrderedDict[str, ExampleColumns] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, experiment_id: str) -> KnownExperiment:
        """Returns what is known of an experiment.

        Raises:
            NotFound: if there is none of that id.
        """
        with self._lock:
            known = self._known.get(experiment_id)
        if known is None:
            known = self._read(experiment_id)
            with self._lock:
                _keep(self._known, experiment_id, known, KEPT)
        return known

    def examples(self, experiment_id: str) -> ExampleColumns:
        """Returns what is known of its examples."""
        with self._lock:
            examples = self._examples.get(experiment_id)
        if examples is None:
            content = orjson.loads(self._found(experiment_id, col(ExperimentTable.examples)).examples)
            examples = ExampleColumns(
                ids=tuple(content["ids"]),
                tags=tuple(map(tuple, content["tags"])),
                groups=tuple(content["groups"]),
                difficulties=tuple(content["difficulties"]),
            )
            with self._lock:
                _keep(self._examples, experiment_id, examples, EXAMPLES_KEPT)
        return examples

    def places(self, experiment_id: str) -> list[int]:
        """Returns where its examples stand in their data set, from 0."""
        places: list[int] = orjson.loads(self._found(experiment_id, col(ExperimentTable.places)).places)
        return places

    def forget(self, experiment_id: str) -> None:
        """Reads it anew the next time."""
        with self._lock:
            self._known.pop(experiment_id, None)
            self._examples.pop(experiment_id, None)

    def _read(self, experiment_id: str) -> KnownExperiment:
        table = ExperimentTable
        found = self._found(experiment_id, col(table.number), col(table.rows), col(table.record))
        experiment = load(Experiment, found.record)
        repeats, contenders = experiment.settings.repeats, experiment.contenders
        return KnownExperiment(
            number=found.number,
            examples=found.rows // (repeats * len(contenders)),
            repeats=repeats,
            contenders=tuple(contender.label for contender in contenders),
            scorers=scorer_names(experiment.scorers),
        )

    def _found(self, experiment_id: str, *columns: Any) -> Row[Any]:
        statement = select(*columns).where(col(ExperimentTable.id) == experiment_id)
        with self._database.read() as connection:
            found = connection.execute(statement).one_or_none()
        if found is None:
            raise not_found(experiment_id)
        return found


def examples_text(examples: ExampleColumns) -> str:
    """Returns the columns as JSON."""
    columns = {"ids": examples.ids, "tags": examples.tags, "groups": examples.groups}
    return orjson.dumps({**columns, "difficulties": examples.difficulties}).decode()


def not_found(experiment_id: str) -> NotFound:
    """Returns the error for an unknown id."""
    return NotFound(f"There is no experiment '{experiment_id}'; look at the list of experiments.")


def _keep(kept: OrderedDict[str, T], key: str, value: T, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)

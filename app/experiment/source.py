"""Reads the examples of an experiment from its data set, off the event loop and some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from pipelines.data.example import Example
from pipelines.error import DocumentError
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.results import ExampleColumns
from storage import Storage

BLOCK: Final = 1_000


class StoredExamples:
    """Gives the examples of one experiment; implements `ExampleSource`."""

    def __init__(self, storage: Storage, experiment: Experiment) -> None:
        """Takes where the data set is and the experiment, which names it with its version."""
        self._data_sets = storage.data_sets
        self._experiment = experiment
        self._places = storage.experiments.places(experiment.id)

    async def take(self, block: range) -> Sequence[Example]:
        """Returns the examples at these places of the experiment."""
        places = self._places[block.start : block.stop]
        named = self._experiment
        return await asyncio.to_thread(self._data_sets.at, named.data_set, places, named.data_version)


def pin_data(storage: Storage, experiment: Experiment) -> Experiment:
    """Returns the experiment with the version and hash of its data set filled in where they were left out.

    Raises:
        NotFound: if there is no such data set or version.
        DocumentError: if the data set has other rows than the hash says.
    """
    versions = storage.data_sets.versions(experiment.data_set)
    wanted = experiment.data_version or versions[0].number
    content_hash = next((version.content_hash for version in versions if version.number == wanted), None)
    if content_hash is None or experiment.data_hash not in ("", content_hash):
        raise DocumentError(
            f"The data set '{experiment.data_set}' has no version {wanted} with these rows; it has versions 1 to"
            f" {versions[0].number}."
        )
    return experiment.model_copy(update={"data_version": wanted, "data_hash": content_hash})


def take_columns(storage: Storage, experiment: Experiment) -> tuple[ExampleColumns, tuple[int, ...]]:
    """Returns what is known of the examples of a pinned experiment, and their places in the data set.

    Raises:
        DocumentError: if the data set lacks an example, or none is left.
    """
    name, number = experiment.data_set, experiment.data_version
    versions = storage.data_sets.versions(name)
    total = next(version.examples for version in versions if version.number == number)
    wanted = None if experiment.example_ids is None else set(experiment.example_ids)
    found: dict[str, tuple[int, Example]] = {}
    for start in range(0, total, BLOCK):
        block = range(start, min(start + BLOCK, total))
        examples = storage.data_sets.at(name, block, number)
        known = zip(block, examples, strict=True)
        found |= {each.id: (place, _without_text(each)) for place, each in known if wanted is None or each.id in wanted}
    order = list(found) if experiment.example_ids is None else list(experiment.example_ids)
    if absent := [each for each in order if each not in found]:
        raise DocumentError(f"The data set '{name}' has no example '{absent[0]}'.")
    if not order:
        raise DocumentError(f"The data set '{name}' has no examples; an experiment needs at least one.")
    examples = [found[each][1] for each in order]
    columns = ExampleColumns(
        ids=tuple(order),
        tags=tuple(each.tags for each in examples),
        groups=tuple(each.group for each in examples),
        difficulties=tuple(each.difficulty for each in examples),
    )
    return columns, tuple(found[each][0] for each in order)


def _without_text(example: Example) -> Example:
    return Example(id=example.id, query="", tags=example.tags, group=example.group, difficulty=example.difficulty)

"""Records outcomes: an experiment asks models, each in several ways, and what it found out is kept as a table."""

from __future__ import annotations

from collections.abc import Sequence

from app.experiment.preparation import Prepared, prepare
from app.experiment.request import ExperimentRequest
from app.outcome.experiment_table import from_experiment
from app.workspace import Workspace
from pipelines.error import ConfigurationError
from pipelines.experiment.experiment import Contender, Experiment
from pipelines.outcome.way import asking, candidate_name
from storage.reference import slug_of


def prepare_recording(
    space: Workspace, request: ExperimentRequest, models: Sequence[str], ways: Sequence[str]
) -> Prepared:
    """Returns the experiment that asks each model in each way; its table has a column for each of these candidates.

    Without ways each model is asked the question as it stands. `from_experiment` makes the table.

    Raises:
        ConfigurationError: if no model is named, one is unknown, or there is no such way.
        NotFound: if there is no such data set.
        DocumentError: if a file or a scorer cannot be used, or no example is left.
    """
    if not models:
        raise ConfigurationError("No model is named; outcomes are recorded of one model at least.")
    names = [space.catalogue.entry(model).name for model in dict.fromkeys(models)]
    labels = [candidate_name(model, way) for model in names for way in dict.fromkeys(ways)] or names
    contenders = tuple(Contender(label=label[:100], pipeline=asking(label)) for label in labels)
    titled = request.with_changes({"title": request.title or f"Outcomes of {', '.join(labels)}"[:200]})
    return prepare(space, titled, contenders=contenders)


def keep_outcomes(space: Workspace, experiment: Experiment, scorer: str | None = None) -> str:
    """Stores what an experiment found out as an outcome table, once, and returns the table's name.

    Raises:
        NotFound: if its data set is gone.
        ConfigurationError: if it has no scorer, or no row has a score.
    """
    name = slug_of(experiment.title or experiment.id)[:80]
    table = from_experiment(space.storage, experiment.id, scorer=scorer, name=name)
    source = f"experiment:{experiment.id}"
    known = {card.name: card for _, card in space.storage.outcome_tables.list()}
    if name not in known or known[name].content_hash != table.content_hash:
        space.storage.outcome_tables.put(table, name, title=experiment.title or experiment.id, source=source)
    return name

"""Makes an outcome table of an experiment that was run here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.experiment.experiment import Experiment, Row
from pipelines.experiment.scoring import scorer_names
from pipelines.outcome.gathering import Gathering, GatherRule
from pipelines.outcome.outcome import UNKNOWN, Outcome
from pipelines.outcome.table import OutcomeTable
from storage import Storage

Columns = Literal["pipelines", "models"]
PAGE: Final = 5_000


def from_experiment(
    storage: Storage,
    experiment_id: str,
    *,
    columns: Columns | None = None,
    scorer: str | None = None,
    name: str | None = None,
) -> OutcomeTable:
    """Returns what an experiment found out, as a table; repeats become their mean.

    A row without an answer has a score of 0. A row that failed or has no score yet leaves its cell missing, so that it
    can be bought again. Costs are those at list price.

    Args:
        storage: where the experiment is.
        experiment_id: of the experiment.
        columns: whether a column is a pipeline, or a model that answered alone; by default models where every
            pipeline asked just one, each another, in no way that has a name of its own, and pipelines otherwise.
        scorer: whose scores count; by default the first.
        name: of the table; by default made of the id.

    Raises:
        NotFound: if there is no such experiment, scorer or data set.
        ConfigurationError: if it has no scorer, or no row has a score.
    """
    experiment = storage.experiments.get(experiment_id)
    chosen = _scorer(experiment, scorer)
    rows = list(_rows(storage, experiment_id))
    alone = _is_one_model_each(rows) and not _has_candidates(experiment)
    by = columns or ("models" if alone else "pipelines")
    places = storage.experiments.places(experiment_id)
    examples = storage.data_sets.at(experiment.data_set, places, experiment.data_version)
    gathering = Gathering()
    gathering.begin_file(f"The experiment {experiment_id}")
    for number, row in enumerate(rows, start=1):
        column = _column(row, experiment, by)
        if column is not None:
            gathering.add([_outcome(number, row, examples[row.example], column, chosen)])
    if not len(gathering):
        raise ConfigurationError(
            f"The experiment '{experiment.title or experiment_id}' has no row with a score of '{chosen}' for its"
            f" {by}; run it first, or choose other columns."
        )
    return gathering.table(name or f"experiment-{experiment_id}", GatherRule(repetition="mean"))


def _scorer(experiment: Experiment, scorer: str | None) -> str:
    known = scorer_names(experiment.scorers)
    if not known:
        raise ConfigurationError("The experiment has no scorer; an outcome table is made of scores.")
    if scorer is not None and scorer not in known:
        raise ConfigurationError(f"The experiment has no scorer '{scorer}'; it has {', '.join(known)}.")
    return scorer or known[0]


def _rows(storage: Storage, experiment_id: str) -> Iterator[Row]:
    offset = 0
    while page := storage.experiments.rows(experiment_id, offset=offset, limit=PAGE).rows:
        yield from page
        offset += len(page)


def _is_one_model_each(rows: list[Row]) -> bool:
    """Says whether every pipeline asks one model only, each another one."""
    asked: dict[int, set[tuple[str, ...]]] = {}
    for row in rows:
        if row.status == "done":
            asked.setdefault(row.contender, set()).add(row.models)
    alone = [next(iter(models)) for models in asked.values() if len(models) == 1]
    return 1 < len(alone) == len(asked) == len(set(alone)) and all(len(models) == 1 for models in alone)


def _has_candidates(experiment: Experiment) -> bool:
    """Says whether an expert is known by a name of its own, so that its model does not say who answered."""
    return any(spec.config.get("known_as") for each in experiment.contenders for spec in each.pipeline.nodes)


def _column(row: Row, experiment: Experiment, by: Columns) -> str | None:
    if by == "pipelines":
        return experiment.contenders[row.contender].label
    return row.models[0] if len(row.models) == 1 else None


def _outcome(number: int, row: Row, example: Example, column: str, scorer: str) -> Outcome:
    score = row.scores.get(scorer)
    value = UNKNOWN if score is None else score.value
    if row.status == "no_answer":
        value = 0.0
    return Outcome(
        example.as_query().text,
        column,
        value if row.status in ("done", "no_answer") else UNKNOWN,
        number,
        id=example.id,
        cost_usd=row.list_cost_usd,
        input_tokens=float(row.input_tokens),
        output_tokens=float(row.output_tokens),
        latency_s=row.latency_s,
        answer=row.answer or "",
        task=example.tags[0] if example.tags else "",
        group=example.group or "",
        options=len(example.choices),
    )

"""An experiment that is being put together: what was chosen so far, and the experiment that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from app.template import templates
from pipelines.data.example import Example
from pipelines.data.split import sample, split
from pipelines.document import Pipeline
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings
from pipelines.store import PipelineLibrary
from storage.workflow import Workflows

DEMO_DATA: Final = "everyday-mix"
DEMO_TAGS: Final = ("fact", "classification", "knowledge")
DEMO_PIPELINES: Final = ("single-expert", "self-consistency")
DEMO_ROWS: Final = 24
MOST_VERSIONS: Final = 20
Part = Literal["all", "sample", "split", "same"]


@dataclass
class Draft:
    """Is what the form of a new experiment holds.

    Attributes:
        pipelines: references such as `slug@version`, or labels of `kept`.
        kept: pipelines of an earlier experiment that have no saved version, by label.
        tags: only examples with one of them; none takes all.
        part: all of these examples, a sample of `count`, the `share` of them that a split leaves for tests, or the very
            examples of an earlier experiment, `ids`.
        scorers: as records; None takes those that suit the data.
    """

    title: str = ""
    pipelines: list[str] = field(default_factory=list)
    kept: dict[str, Contender] = field(default_factory=dict)
    data_set: str | None = None
    tags: list[str] = field(default_factory=list)
    part: Part = "all"
    count: int = 100
    share: float = 0.2
    ids: tuple[str, ...] = ()
    scorers: list[dict[str, Any]] | None = None
    settings: ExperimentSettings = field(default_factory=ExperimentSettings)


def demo_draft() -> Draft:
    """Returns a whole experiment on the shipped questions, small enough for the embedded model."""
    return Draft(
        title="Two templates on the demo data",
        pipelines=list(DEMO_PIPELINES),
        data_set=DEMO_DATA,
        tags=list(DEMO_TAGS),
        part="sample",
        count=DEMO_ROWS,
        scorers=[{"kind": "auto"}],
        settings=ExperimentSettings(concurrency=4, row_timeout_s=300.0),
    )


def draft_of(experiment: Experiment) -> Draft:
    """Returns a draft of the same pipelines, data, scorers and settings."""
    named = [(contender, _reference(contender)) for contender in experiment.contenders]
    return Draft(
        title=experiment.title,
        pipelines=[reference or contender.label for contender, reference in named],
        kept={contender.label: contender for contender, reference in named if reference is None},
        data_set=experiment.data_set,
        part="all" if experiment.example_ids is None else "same",
        ids=experiment.example_ids or (),
        scorers=[dict(scorer) for scorer in experiment.scorers],
        settings=experiment.settings,
    )


def offered(workflows: Workflows) -> dict[str, str]:
    """Returns every pipeline that may be compared: what a person reads, by reference; own workflows come first."""
    found = {}
    for info in workflows.list():
        for version in workflows.versions(info.slug)[:MOST_VERSIONS]:
            latest = " (latest)" if version.number == info.version else ""
            found[f"{info.slug}@{version.number}"] = f"{info.name} · version {version.number}{latest}"
    return {**found, **{slug: f"{pipeline.name} · template" for slug, pipeline in templates().items()}}


def contenders_of(draft: Draft, library: PipelineLibrary) -> tuple[Contender, ...]:
    """Returns the pipelines of a draft under different labels.

    Raises:
        NotFound: if one of them is gone.
    """
    found: list[Contender] = []
    for reference in draft.pipelines:
        contender = draft.kept.get(reference) or _loaded(reference, library.pipeline(reference))
        taken = {other.label for other in found}
        label = next(label for label in _labels(contender) if label not in taken)
        found.append(contender.model_copy(update={"label": label}))
    return tuple(found)


def chosen_examples(draft: Draft, examples: Sequence[Example]) -> tuple[Example, ...]:
    """Returns the examples that a draft takes, in the order of the data set."""
    if draft.part == "same":
        known = {each.id: each for each in examples}
        return tuple(known[name] for name in draft.ids if name in known)
    wanted = set(draft.tags)
    tagged = tuple(each for each in examples if not wanted or wanted & set(each.tags))
    if not tagged or draft.part == "all":
        return tagged
    seed = draft.settings.seed
    if draft.part == "sample":
        return sample(tagged, min(draft.count, len(tagged)), seed=seed, stratify=True)
    return split(tagged, {"test": draft.share, "rest": 1 - draft.share}, seed=seed)["test"]


def experiment_of(
    draft: Draft,
    contenders: Sequence[Contender],
    chosen: Sequence[Example],
    scorers: Sequence[Mapping[str, Any]],
    *,
    whole: bool,
    estimate: dict[str, Any] | None = None,
) -> Experiment:
    """Returns the experiment; `whole` says that the chosen examples are all that the data set has."""
    labels = " and ".join(contender.label for contender in contenders[:2])
    more = f" and {len(contenders) - 2} more" if len(contenders) > 2 else ""
    return Experiment(
        title=(draft.title.strip() or f"{labels}{more} on {draft.data_set}")[:200],
        contenders=tuple(contenders),
        data_set=draft.data_set or "",
        data_hash="",
        example_ids=None if whole else tuple(each.id for each in chosen),
        scorers=tuple(dict(scorer) for scorer in scorers),
        settings=draft.settings,
        estimate=estimate,
    )


def _reference(contender: Contender) -> str | None:
    if contender.workflow is None:
        return None
    return contender.workflow if contender.workflow in templates() else f"{contender.workflow}@{contender.version or 1}"


def _loaded(reference: str, pipeline: Pipeline) -> Contender:
    slug, _, version = reference.partition("@")
    return Contender(label=pipeline.name[:80] or slug, pipeline=pipeline, workflow=slug, version=int(version or 1))


def _labels(contender: Contender) -> Sequence[str]:
    plain = contender.label
    return (plain, f"{plain}, version {contender.version or 1}", *(f"{plain} ({number})" for number in range(2, 102)))

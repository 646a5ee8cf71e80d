"""Makes an experiment of what a person asks for: finds the pipelines, takes in the data, chooses scorers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.experiment.data_choice import data_of, hash_of
from app.experiment.request import ExperimentRequest
from pipelines.data.example import Example
from pipelines.data.split import sample
from pipelines.error import ConfigurationError, DocumentError
from pipelines.experiment.experiment import Contender, Experiment
from pipelines.graph import require_valid
from pipelines.scorer import Scorer
from pipelines.scorer_choice import scorer_from, scorer_of, suggest_scorers

if TYPE_CHECKING:
    from app.workspace import Workspace

FREE: Final = ("nothing", "references", "embedder")
HERE: Final = Path()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Holds an experiment that is not stored yet, and the examples that it takes."""

    experiment: Experiment
    examples: Sequence[Example]


def prepare(
    space: Workspace,
    request: ExperimentRequest,
    folder: Path = HERE,
    contenders: tuple[Contender, ...] | None = None,
) -> Prepared:
    """Returns the experiment that a request asks for; a data file is kept as a data set.

    Args:
        space: where pipelines, models and data sets are found.
        request: what is asked for.
        folder: what the paths of the request start from.
        contenders: pipelines that are not stored, instead of those that the request names.

    Raises:
        NotFound: if there is no such pipeline or data set.
        DocumentError: if a file or a scorer cannot be used, or no example is left.
        ConfigurationError: if there is no such model or scorer.
        PipelineInvalid: if a pipeline cannot run here.
    """
    if contenders is None:
        contenders = contenders_of(space, request, folder)
    catalogue = space.catalogue
    catalogue = catalogue.with_default(request.settings.model) if request.settings.model is not None else catalogue
    for contender in contenders:
        require_valid(contender.pipeline, catalogue=catalogue, library=space.library, routers=space.library)
    info, whole = data_of(space, request, folder)
    examples = chosen(whole, request)
    scorers = scorers_of(request, examples)
    named = " and ".join(contender.label for contender in contenders[:2])
    more = f" and {len(contenders) - 2} more" if len(contenders) > 2 else ""
    experiment = Experiment(
        title=(request.title or f"{named}{more} on {info.name}")[:200],
        contenders=contenders,
        data_set=info.name,
        data_version=info.version,
        data_hash=info.content_hash,
        example_ids=None if len(examples) == len(whole) else tuple(each.id for each in examples),
        scorers=tuple(scorer.model_dump(mode="json") for scorer in scorers),
        settings=request.settings,
    )
    return Prepared(experiment, examples)


def contenders_of(space: Workspace, request: ExperimentRequest, folder: Path = HERE) -> tuple[Contender, ...]:
    """Returns the pipelines under different labels: as they were called, files without folder and ending.

    Raises:
        NotFound: if there is no such pipeline.
        DocumentError: if there is none, a file is no pipeline, or two have the same label.
    """
    if not request.pipelines:
        raise DocumentError("An experiment needs at least one pipeline; name one as a slug, slug@version or a file.")
    found: list[Contender] = []
    for wanted in request.pipelines:
        file = folder / wanted.pipeline
        reference = str(file) if file.is_file() or file.suffix == ".json" else wanted.pipeline
        pipeline, source = space.library.load(reference), space.library.source(reference)
        plain = wanted.label or (file.stem if source.kind == "file" else wanted.pipeline)[:80]
        taken = {contender.label for contender in found}
        if wanted.label in taken:
            raise DocumentError(f"Two pipelines of the experiment are called '{plain}'; each needs its own label.")
        label = next(name for name in (plain, *(f"{plain} ({n})" for n in range(2, 102))) if name not in taken)
        found.append(Contender(label=label, pipeline=pipeline, workflow=source.slug, version=source.version))
    return tuple(found)


def chosen(examples: Sequence[Example], request: ExperimentRequest) -> tuple[Example, ...]:
    """Returns the examples that a request takes, in their order.

    Raises:
        DocumentError: if there is none.
    """
    wanted = set(request.tags)
    tagged = tuple(each for each in examples if not wanted or wanted & set(each.tags))
    if not tagged:
        raise DocumentError(f"No example of '{request.data}' has the tag {' or '.join(sorted(wanted))}.")
    if request.sample is None or request.sample >= len(tagged):
        return tagged
    return sample(tagged, request.sample, seed=request.settings.seed)


def scorers_of(request: ExperimentRequest, examples: Sequence[Example]) -> tuple[Scorer, ...]:
    """Returns the scorers of a request, or the one that suits the examples best where it names none.

    Raises:
        ConfigurationError: if there is no such scorer.
        DocumentError: if every example lacks what the first one needs, or none suits that is free.
    """
    if not request.scorers:
        best = suggest_scorers(examples)[0]
        if best.need not in FREE:
            raise DocumentError(
                f"The rows of '{request.data}' have no references, so no scorer suits by itself; name one, such as"
                " llm_judge, human or contains."
            )
        return (best,)
    found = tuple(map(_scorer, request.scorers))
    lacks = [lack for example in examples if (lack := found[0].lack(example)) is not None]
    if len(lacks) == len(examples):
        kind = found[0].model_dump()["kind"]
        raise DocumentError(
            f"The scorer '{kind}' needs {lacks[0]}, which no row of '{request.data}' has; if a column"
            " of a file holds it, say which one."
        )
    return found


def require_same(space: Workspace, request: ExperimentRequest, experiment: Experiment, folder: Path = HERE) -> None:
    """Refuses to take up an experiment under a request that asks for something else.

    Budget and concurrency may be others.

    Raises:
        ConfigurationError: with what differs.
    """
    differs = []
    if request.pipelines:
        asked = [contender.pipeline for contender in contenders_of(space, request, folder)]
        differs += ["pipelines"] if asked != [contender.pipeline for contender in experiment.contenders] else []
    if request.data:
        differs += ["data"] if hash_of(space, request, folder) != experiment.data_hash else []
    if request.scorers:
        asked_scorers = tuple(_scorer(each).model_dump(mode="json") for each in request.scorers)
        differs += ["scorers"] if asked_scorers != experiment.scorers else []
    given = request.settings.model_dump(exclude_unset=True, exclude={"budget_usd", "concurrency"})
    differs += [name for name, value in given.items() if value != getattr(experiment.settings, name)]
    if differs:
        raise ConfigurationError(
            f"The experiment '{experiment.id}' was made with other {' and '.join(differs)}; leave out what it knows by"
            " itself, or start a new one."
        )


def _scorer(given: str | dict[str, Any]) -> Scorer:
    return scorer_of(given) if isinstance(given, str) else scorer_from(given)

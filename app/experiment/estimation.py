"""What an experiment will cost and take, from the past runs of this installation and a dry run of its routers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.data.example import Example
from pipelines.estimate.dry_run import dry_run
from pipelines.estimate.estimate import estimate
from pipelines.estimate.record import Estimate
from pipelines.experiment.experiment import Contender, ExperimentSettings

if TYPE_CHECKING:
    from app.workspace import Workspace


def predicted(
    space: Workspace, contenders: Sequence[Contender], examples: Sequence[Example], settings: ExperimentSettings
) -> Estimate:
    """Returns the estimate of these pipelines on these examples; nothing is paid for it."""
    workflows = [contender.workflow for contender in contenders if contender.workflow]
    names = [contender.pipeline.name for contender in contenders]
    history = space.storage.runs.past(workflows, pipeline_names=names)
    decisions = space.loop.call(dry_run(contenders, examples, space.batch_engine, settings))
    return estimate(
        contenders,
        examples,
        history,
        catalogue=space.catalogue,
        settings=settings,
        decisions=decisions,
        library=space.library,
    )

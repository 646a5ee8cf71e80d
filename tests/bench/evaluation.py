"""An experiment as a competitor of the batches: every row run, scored and stored, as `routeloom eval` does it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.job import Job, Pace, paced

if TYPE_CHECKING:
    from app.workspace import Workspace
    from pipelines.document import Pipeline


def evaluated(url: str, job: Job, pipeline: Pipeline) -> Pace:
    """Runs an experiment on as many examples as the job has runs, after a small one that warms up."""
    from app.config import Config
    from app.workspace import Workspace
    from pipelines.catalogue import ModelEntry, Price
    from pipelines.record import now

    price = Price(input_usd_per_mtok=1, output_usd_per_mtok=2, as_of=now().date())
    fields = {"name": "stub", "provider": "openai_compatible", "target": "stub", "base_url": url, "price": price}
    with tempfile.TemporaryDirectory() as folder, Workspace(Config(home=Path(folder))) as workspace:
        workspace.storage.models.put(ModelEntry(**fields, max_concurrency=2 * job.width))
        workspace.refresh_catalogue(look_around=False)
        _run(workspace, "warm", pipeline, job, job.width)
        return _run(workspace, "measured", pipeline, job, job.runs)


def _run(workspace: Workspace, name: str, pipeline: Pipeline, job: Job, rows: int) -> Pace:
    from pipelines.data.data_set import DataSet
    from pipelines.data.example import Example
    from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings

    examples = (Example(id=f"e{n}", query=f"{name} question {n}", references=("Paris",)) for n in range(rows))
    workspace.storage.data_sets.put(DataSet(name=name, examples=tuple(examples)))
    drawn = Experiment(
        contenders=(Contender(label="one", pipeline=pipeline),),
        data_set=name,
        data_hash="",
        scorers=({"kind": "exact_match"},),
        settings=ExperimentSettings(model="stub", concurrency=job.width),
    )
    made = workspace.experiments.create(drawn)
    with paced() as found:
        end = workspace.experiments.start(made.id).result()
    if end.done != rows or end.calls != rows * job.calls // job.runs:
        raise SystemExit(f"{end.done} of {rows} rows and {end.calls} calls are stored: {end.error}")
    return found[0]

"""No more rows at a time than the models of the pipelines can answer."""

from __future__ import annotations

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import NodeSpec, Pipeline
from pipelines.experiment.experiment import Contender, Experiment, ExperimentSettings
from pipelines.experiment.width import useful_width

CATALOGUE = Catalogue(
    tuple(
        ModelEntry(name=name, provider="scripted", target=name, max_concurrency=places)
        for name, places in (("small", 2), ("large", 8))
    ),
    default="small",
)


def _experiment(*nodes: NodeSpec, concurrency: int = 16, model: str | None = None) -> Experiment:
    settings = ExperimentSettings(concurrency=concurrency, model=model)
    contender = Contender(label="a", pipeline=Pipeline(nodes=nodes))
    return Experiment(contenders=(contender,), data_set="d", data_hash="h", settings=settings)


def _expert(node_id: str, model: str | None, *, disabled: bool = False) -> NodeSpec:
    return NodeSpec(id=node_id, kind="expert", config={"model": model}, disabled=disabled)


def test_rows_beyond_the_places_of_the_models_would_only_wait() -> None:
    assert useful_width(_experiment(_expert("a", None)), CATALOGUE) == 2
    assert useful_width(_experiment(_expert("a", None), model="large"), CATALOGUE) == 8
    assert useful_width(_experiment(_expert("a", "small"), _expert("b", "large")), CATALOGUE) == 10
    assert useful_width(_experiment(_expert("a", "small"), _expert("b", "large", disabled=True)), CATALOGUE) == 2


def test_fewer_rows_stay_as_they_were_wanted() -> None:
    assert useful_width(_experiment(_expert("a", "large"), concurrency=3), CATALOGUE) == 3


def test_models_that_are_not_named_leave_the_wanted_number() -> None:
    inner = NodeSpec(id="s", kind="sub_pipeline", config={"reference": "other"})
    assert useful_width(_experiment(_expert("a", "small"), inner), CATALOGUE) == 16
    assert useful_width(_experiment(_expert("a", "unknown")), CATALOGUE) == 16
    assert useful_width(_experiment(NodeSpec(id="q", kind="query_input")), CATALOGUE) == 16
